// What signed-in users may send, and when their mail is held.
import { defineNumber } from './number.ts';

export const sendingSettings = [
  defineNumber('sending.messagesPerDay', {
    min: 0,
    max: 1_000_000,
    default: 1000,
    title: 'Messages of a user in a day',
    help: 'More are refused until the next day (UTC), for now and not for good. 0: no limit. A user may have a limit of his own.',
    postfix: ['smtpd_client_message_rate_limit'],
    applies: 'next-message',
  }),
  defineNumber('sending.newRecipientsPerDay', {
    min: 0,
    max: 1_000_000,
    default: 200,
    title: 'New recipients of a user in a day',
    help: 'Addresses outside to which the user has not written within a year. Stolen logins write to thousands of them, people to a few. 0: no limit. A user may have a limit of his own.',
    postfix: ['smtpd_client_recipient_rate_limit'],
    applies: 'next-message',
  }),
  defineNumber('sending.burstMinutes', {
    min: 5,
    max: 1440,
    default: 60,
    unit: 'minutes',
    title: 'A burst is what is sent within',
    help: 'When a user sends unusually much within this time, the mail is held until an administrator has looked at it.',
    applies: 'next-message',
  }),
  defineNumber('sending.burstMessages', {
    min: 0,
    max: 1_000_000,
    default: 200,
    title: 'Messages that make a burst',
    help: 'More messages than this within that time hold the mail of a user who does not usually send so many. 0: not looked at.',
    applies: 'next-message',
  }),
  defineNumber('sending.burstRecipients', {
    min: 0,
    max: 1_000_000,
    default: 100,
    title: 'New recipients that make a burst',
    help: 'More addresses that the user has never written to than this within that time. 0: not looked at.',
    applies: 'next-message',
  }),
  defineNumber('sending.burstFailures', {
    min: 0,
    max: 1_000_000,
    default: 50,
    title: 'Failed recipients that make a burst',
    help: 'More recipients that other servers refused for good than this within that time. 0: not looked at.',
    applies: 'next-attempt',
  }),
  defineNumber('sending.burstFactor', {
    min: 1,
    max: 100,
    default: 2,
    title: 'Times the usual day',
    help: 'It is no burst while it is not more than so many times what the user sent on the busiest of the last 30 days, the very busiest left aside.',
    applies: 'next-message',
  }),
] as const;
