// The web pages.
import { z } from 'zod';
import { defineSetting } from './define.ts';
import { networkList } from './network-list.ts';
import { defineNumber } from './number.ts';

const link = z
  .string()
  .trim()
  .max(500, 'At most 500 characters.')
  .regex(
    /^(?:https?:\/\/[^\s/]\S*)?$/i,
    'Give an address such as https://example.org, or nothing.',
  );

export const webSettings = [
  defineSetting('web.title', {
    schema: z.string().trim().min(1, 'Give a name.').max(60, 'At most 60 characters.'),
    default: 'Drey',
    title: 'Name of the service',
    help: 'Stands on the sign-in page and in the window title.',
    control: { kind: 'text' },
    applies: 'next-command',
  }),
  defineSetting('web.organisation', {
    schema: z.string().trim().max(100, 'At most 100 characters.'),
    default: '',
    title: 'Organisation',
    help: 'Whose mail this is; stands under the name on the sign-in page.',
    control: { kind: 'text' },
    applies: 'next-command',
  }),
  defineSetting('web.organisationLink', {
    schema: link,
    default: '',
    title: 'Link to the organisation',
    help: 'The organisation’s name (or this address) at the foot of the sign-in page leads there.',
    control: { kind: 'text', placeholder: 'https://example.org' },
    applies: 'next-command',
  }),
  defineSetting('web.logo', {
    schema: z
      .string()
      .trim()
      .max(500, 'At most 500 characters.')
      .regex(/^(?:\/.+)?$/, 'Give the whole path of a file, or nothing.'),
    default: '',
    title: 'Logo',
    help: 'A file on this server with a picture (PNG, JPEG, WebP or SVG, at most 200 KB) for the sign-in page, instead of the acorn. With several machines the file must be on each.',
    control: { kind: 'text', placeholder: '/etc/drey/logo.svg' },
    applies: 'next-command',
  }),
  defineSetting('web.motd', {
    schema: z.string().trim().max(1000, 'At most 1000 characters.'),
    default: '',
    title: 'Message of the day',
    help: 'Plain text above the sign-in form; web addresses in it become links.',
    control: { kind: 'text', placeholder: 'Maintenance on Sunday at 20:00' },
    applies: 'next-command',
  }),
  defineSetting('web.signOutText', {
    schema: z.string().trim().max(1000, 'At most 1000 characters.'),
    default: '',
    title: 'Words after signing out',
    help: 'Plain text above the sign-in form for whoever has just signed out; web addresses in it become links.',
    control: { kind: 'text' },
    applies: 'next-command',
  }),
  defineSetting('web.signOutLink', {
    schema: link,
    default: '',
    title: 'Page after signing out',
    help: 'Opens instead of the sign-in page when somebody signs out.',
    control: { kind: 'text', placeholder: 'https://example.org/goodbye' },
    applies: 'next-command',
  }),
  defineNumber('web.hstsDays', {
    min: 0,
    max: 730,
    default: 180,
    unit: 'days',
    title: 'https alone, for',
    help: 'Browsers that came by https use nothing else for this name for so long (Strict-Transport-Security). Sent only where that shuts nobody out: Drey itself has the https, and other machines reach no page by http, or by port 80 beside https on 443 alone. 0: never; browsers that have it keep it until it ends.',
    applies: 'next-command',
  }),
  defineNumber('web.sessionHours', {
    min: 1,
    max: 720,
    default: 24,
    unit: 'hours',
    title: 'Sign-in lasts',
    help: 'After so long without use a person signs in again.',
    applies: 'next-sign-in',
  }),
  defineSetting('web.adminNetworks', {
    schema: networkList,
    default: [],
    title: 'Networks of administrators',
    help: 'The panel opens from these addresses and networks only; empty means from anywhere. Mail and the other pages stay open to all. On the server itself "drey settings reset web.adminNetworks --keep" opens it again.',
    control: { kind: 'list', placeholder: '192.0.2.0/24, one a line' },
    applies: 'next-command',
    isRisky: true,
  }),
  defineNumber('web.pageSize', {
    min: 10,
    max: 200,
    default: 50,
    unit: 'rows',
    title: 'Rows on a page',
    help: 'Messages and table rows shown at once.',
    applies: 'next-command',
  }),
] as const;
