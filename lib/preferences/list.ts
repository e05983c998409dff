// The list of messages: how it is laid out, what a row shows, what a gesture or a key does.
import { z } from 'zod';
import { defineAmount, defineChoice, defineSwitch } from './choice.ts';
import { definePreference } from './define.ts';
import { colourFields, type ListColumn, listColumns, listSorts, rowColours } from './list-names.ts';

export type ColourRule = {
  field: (typeof colourFields)[number];
  /** Looked for anywhere in the field, upper and lower case alike */
  text: string;
  colour: (typeof rowColours)[number];
};

const colourRule = z.object({
  field: z.enum(colourFields),
  text: z.string().trim().min(1).max(200),
  colour: z.enum(rowColours),
});
const swipes = ['read', 'star', 'junk', 'move', 'none'] as const;
const keyText = z.string().min(1).max(40);

export const listPreferences = [
  /** Where the open message stands; a phone shows one thing at a time whatever is chosen */
  defineChoice('list.layout', ['right', 'below', 'list']),
  defineChoice('list.density', ['default', 'comfortable', 'compact']),
  defineChoice('list.paging', ['scroll', 'pages']),
  defineAmount('list.pageSize', { min: 10, max: 200, value: 50 }),
  definePreference('list.columns', {
    schema: z
      .array(z.enum(listColumns))
      .min(1)
      .max(listColumns.length)
      .refine((all) => new Set(all).size === all.length, 'A column stands there once.'),
    default: ['flags', 'from', 'subject', 'labels', 'attachment', 'received'] as ListColumn[],
    control: { kind: 'none' },
  }),
  /** Widths in rem that columns of a wide list were given */
  definePreference('list.widths', {
    schema: z.partialRecord(z.enum(listColumns), z.number().min(2).max(60)),
    default: {} as Partial<Record<ListColumn, number>>,
    control: { kind: 'none' },
  }),
  /** The order of a folder that is opened */
  defineChoice('list.sort', listSorts),
  defineSwitch('list.conversations', false),
  defineSwitch('list.groups', true),
  defineSwitch('list.preview', true),
  defineSwitch('list.avatars', true),
  defineSwitch('list.stripes', false),
  defineChoice('list.names', ['name', 'address']),
  /** In folders of own mail (Sent, Drafts) the first column names the recipients */
  defineSwitch('list.recipients', true),
  defineChoice('list.dates', ['short', 'relative', 'iso', 'full']),
  /** Characters of the sender, of the subject; 0 = as many as there is room for */
  defineAmount('list.fromLength', { min: 0, max: 100, value: 0 }),
  defineAmount('list.subjectLength', { min: 0, max: 200, value: 0 }),
  /** Rules in the order they are tried; the first that fits colours the row */
  definePreference('list.colours', {
    schema: z.array(colourRule).max(50),
    default: [] as ColourRule[],
    control: { kind: 'none' },
  }),
  /** "mark" = the message stays, struck out, until the folder is expunged */
  defineChoice('list.delete', ['trash', 'mark']),
  defineSwitch('list.readOnDelete', false),
  /** Archive, or Archive/2026, or Archive/2026/11 by the day the message came */
  defineChoice('list.archive', ['one', 'year', 'month']),
  /** A finger's way towards the end of the line (to the right where one writes so), and back */
  defineChoice('list.swipeForward', ['archive', 'delete', ...swipes]),
  defineChoice('list.swipeBack', ['delete', 'archive', ...swipes]),
  defineSwitch('list.keyboard', true),
  /** Own keys by command (components/mail/keyboard/commands.ts); an empty list takes the keys away */
  definePreference('list.keys', {
    schema: z.record(z.string().max(40), z.array(keyText).max(4)),
    default: {} as Record<string, string[]>,
    control: { kind: 'none' },
  }),
] as const;
