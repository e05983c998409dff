// What senders are told of mail that does not arrive, and what the postmaster gets to see of it.
import { z } from 'zod';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

export const noticeClasses = ['bounce', '2bounce', 'delay'] as const;
export type NoticeClass = (typeof noticeClasses)[number];

const classText = `Give some of ${noticeClasses.join(', ')}, or nothing.`;

export const noticeSettings = [
  defineNumber('delivery.returnedBytes', {
    min: 1000,
    max: 10_485_760,
    default: 50_000,
    unit: 'bytes',
    title: 'Largest message that is returned whole',
    help: 'With a report that it could not be delivered. Of a larger one the header alone goes back.',
    postfix: ['bounce_size_limit'],
    applies: 'next-attempt',
  }),
  defineSetting('delivery.noticeClasses', {
    schema: z.array(z.enum(noticeClasses, classText)).max(noticeClasses.length, classText),
    default: [] as NoticeClass[],
    title: 'The postmaster is told of',
    help: '"bounce": mail that went back to its sender; "2bounce": mail that could not go back either; "delay": mail whose sender was told that it is late. The header of the mail comes along. What else Postfix can tell of is in the events and on the overview.',
    control: { kind: 'list', placeholder: '2bounce' },
    postfix: ['notify_classes'],
    applies: 'next-attempt',
  }),
  defineSetting('delivery.noticeAddress', {
    schema: z
      .string()
      .trim()
      .max(254)
      .regex(/^$|^[^\s@<>]{1,64}@[\w-]+(\.[\w-]+)*$/, 'Give an address, or nothing.'),
    default: '',
    title: 'Where the postmaster is told',
    help: 'Empty: postmaster of the oldest domain here.',
    control: { kind: 'text', placeholder: 'postmaster@example.org' },
    postfix: [
      'bounce_notice_recipient',
      '2bounce_notice_recipient',
      'delay_notice_recipient',
      'error_notice_recipient',
    ],
    applies: 'next-attempt',
  }),
] as const;
