// Backups that the server takes by itself (docs/backup.md).
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { defineChoice, defineSwitch } from './choice.ts';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

const folder = z
  .string()
  .trim()
  .max(1000)
  .refine(
    (text) => text === '' || isAbsolute(text),
    'Give the whole path of a folder, such as /mnt/backup/drey.',
  );

const time = z
  .string()
  .trim()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Give a time of day such as 02:30.');

export const backupSettings = [
  defineSetting('backup.folder', {
    schema: folder,
    default: '',
    title: 'Folder',
    help: 'Where backups go: on another disk, better on another machine. Its last level is made; what is above must be there. Empty: no backups.',
    control: { kind: 'text', placeholder: '/mnt/backup/drey' },
    applies: 'next-attempt',
  }),
  defineChoice('backup.schedule', {
    options: { off: 'Never by itself', daily: 'Once a day', hours: 'Every few hours' },
    default: 'daily',
    title: 'How often',
    help: 'With a folder, the server takes backups by itself while it runs.',
    applies: 'next-attempt',
  }),
  defineSetting('backup.time', {
    schema: time,
    default: '02:30',
    title: 'Time of day',
    help: 'For once a day, in the time zone of the service (server.timeZone).',
    control: { kind: 'text', placeholder: '02:30' },
    applies: 'next-attempt',
  }),
  defineNumber('backup.everyHours', {
    min: 1,
    max: 23,
    default: 6,
    unit: 'hours',
    title: 'Every … hours',
    help: 'For every few hours.',
    applies: 'next-attempt',
  }),
  defineNumber('backup.keepDaily', {
    min: 1,
    max: 400,
    default: 7,
    unit: 'days',
    title: 'Days kept',
    help: 'The newest backup of each of so many days stays. All of the last 24 hours stay too.',
    applies: 'next-attempt',
  }),
  defineNumber('backup.keepWeekly', {
    min: 0,
    max: 200,
    default: 4,
    unit: 'weeks',
    title: 'Weeks kept',
    help: 'Likewise the newest one of each of so many weeks.',
    applies: 'next-attempt',
  }),
  defineNumber('backup.keepMonthly', {
    min: 0,
    max: 200,
    default: 6,
    unit: 'months',
    title: 'Months kept',
    help: 'Likewise the newest one of each of so many months.',
    applies: 'next-attempt',
  }),
  defineNumber('backup.verifyDays', {
    min: 0,
    max: 365,
    default: 7,
    unit: 'days',
    title: 'Verified every … days',
    help: 'After a backup all of the folder is read and compared with its checksums, when that was last done so long ago. 0: never by itself.',
    applies: 'next-attempt',
  }),
  defineSwitch('backup.tellsAdmins', {
    default: true,
    title: 'Mail to the administrators when it fails',
    help: 'One mail when backups begin to fail, and one when they work again.',
    applies: 'next-attempt',
  }),
] as const;
