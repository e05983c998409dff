// What is kept, where and how long.
import { defineNumber } from './number.ts';

export const storageSettings = [
  defineNumber('storage.defaultQuotaBytes', {
    min: 0,
    max: 1_099_511_627_776,
    default: 0,
    unit: 'bytes',
    title: 'Quota of a user',
    help: 'For users without a quota of their own. 0: no limit.',
    postfix: ['mailbox_size_limit', 'virtual_mailbox_limit'],
    dovecot: ['quota_storage_size'],
    applies: 'next-message',
  }),
  defineNumber('storage.fileThresholdBytes', {
    min: 0,
    max: 1_048_576,
    default: 65_536,
    unit: 'bytes',
    title: 'Bodies kept in the database up to',
    help: 'Small bodies share the database commit of their delivery; larger ones become files in the data folder.',
    dovecot: ['mail_location'],
    applies: 'next-message',
  }),
  defineNumber('storage.undeleteDays', {
    min: 0,
    max: 3650,
    default: 14,
    unit: 'days',
    title: 'Deleted messages kept for',
    help: 'So long the user and the administrators can restore what was expunged; it does not count in the quota. 0: one hour, for sessions that are still reading.',
    dovecot: ['lazy_expunge'],
    applies: 'next-attempt',
  }),
  defineNumber('storage.trailDays', {
    min: 1,
    max: 3650,
    default: 90,
    unit: 'days',
    title: 'Events kept for',
    help: 'Older entries of the event trail are removed.',
    applies: 'next-attempt',
  }),
] as const;
