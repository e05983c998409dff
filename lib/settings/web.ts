// The web pages.
import { z } from 'zod';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

export const webSettings = [
  defineSetting('web.title', {
    schema: z.string().trim().min(1, 'Give a name.').max(60, 'At most 60 characters.'),
    default: 'Drey',
    title: 'Name of the service',
    help: 'Stands on the sign-in page and in the window title.',
    control: { kind: 'text' },
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
