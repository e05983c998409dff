// The folders beside the list, labels and searches.
import { z } from 'zod';
import { defineChoice, defineSwitch } from './choice.ts';
import { definePreference } from './define.ts';

/** Names of the colours a label can have; each is readable in light and dark (components/mail/labels/label-chip.tsx). */
export const labelColours = [
  'grey',
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'violet',
  'pink',
] as const;
export type LabelColour = (typeof labelColours)[number];

/** A keyword of messages (RFC 9051 §2.3.2) as the user calls it. */
export type Label = {
  keyword: string;
  name: string;
  colour: LabelColour;
  /** Listed beside the folders */
  isShown: boolean;
};

/** A search that is kept under a name. */
export type SavedSearch = { id: string; name: string; query: string; folder: string };

const path = z.string().min(1).max(1000);
const label = z.object({
  keyword: z.string().regex(/^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|~]{1,50}$/),
  name: z.string().trim().min(1).max(60),
  colour: z.enum(labelColours),
  isShown: z.boolean(),
});
const savedSearch = z.object({
  id: z.string().min(1).max(40),
  name: z.string().trim().min(1).max(80),
  query: z.string().trim().min(1).max(1000),
  folder: path,
});

const withoutTwins = <T>(list: readonly T[], nameOf: (each: T) => string) =>
  new Set(list.map((each) => nameOf(each).toLowerCase())).size === list.length;

/** What Thunderbird calls its five; other programs show the same keywords. */
const firstLabels: Label[] = [
  { keyword: '$label1', name: 'Important', colour: 'red', isShown: false },
  { keyword: '$label2', name: 'Work', colour: 'orange', isShown: false },
  { keyword: '$label3', name: 'Personal', colour: 'green', isShown: false },
  { keyword: '$label4', name: 'To do', colour: 'blue', isShown: false },
  { keyword: '$label5', name: 'Later', colour: 'violet', isShown: false },
];

export const foldersPreferences = [
  defineChoice('folders.side', ['start', 'end']),
  defineChoice('folders.counts', ['unread', 'both', 'none']),
  defineChoice('folders.countsIn', ['all', 'inbox']),
  /** A collapsed folder counts what is in those below it */
  defineSwitch('folders.sums', true),
  defineSwitch('folders.specialFirst', true),
  /** Special folders in the words of the language */
  defineSwitch('folders.translate', true),
  defineSwitch('folders.colours', true),
  defineSwitch('folders.subscribed', false),
  /** A link beside Trash and Junk that empties them */
  defineSwitch('folders.purge', true),
  defineSwitch('folders.quota', true),
  defineChoice('folders.clock', ['none', 'refreshed', 'time']),
  /** Minutes between refreshes beside what the server tells by itself */
  defineChoice('folders.refresh', ['live', '1', '5', '15', '60']),
  definePreference('folders.collapsed', {
    schema: z.array(path).max(1000),
    default: [] as string[],
    control: { kind: 'none' },
  }),
  definePreference('folders.labels', {
    schema: z
      .array(label)
      .max(100)
      .refine((all) => withoutTwins(all, (each) => each.keyword), 'A keyword stands there once.')
      .refine((all) => withoutTwins(all, (each) => each.name), 'A name stands there once.'),
    default: firstLabels,
    control: { kind: 'none' },
  }),
  definePreference('folders.searches', {
    schema: z
      .array(savedSearch)
      .max(100)
      .refine((all) => withoutTwins(all, (each) => each.id), 'A search stands there once.'),
    default: [] as SavedSearch[],
    control: { kind: 'none' },
  }),
  /** The latest first */
  definePreference('folders.recentSearches', {
    schema: z.array(z.string().trim().min(1).max(1000)).max(20),
    default: [] as string[],
    control: { kind: 'none' },
  }),
] as const;
