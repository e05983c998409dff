// Fetching mail over POP3.
import { z } from 'zod';
import { defineChoice, defineSwitch } from './choice.ts';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

export const pop3Settings = [
  defineNumber('pop3.maxConnections', {
    min: 10,
    max: 100_000,
    default: 1000,
    title: 'Connections in all',
    help: 'POP3 connections at the same time on one port.',
    dovecot: ['client_limit'],
    applies: 'next-connection',
  }),
  defineNumber('pop3.maxConnectionsPerUser', {
    min: 1,
    max: 1000,
    default: 10,
    title: 'Connections of one user',
    help: 'A mail program opens one; a user may have several programs.',
    dovecot: ['mail_max_userip_connections'],
    applies: 'next-sign-in',
  }),
  defineNumber('pop3.idleTimeoutMinutes', {
    min: 10,
    max: 120,
    default: 10,
    unit: 'minutes',
    title: 'Idle time',
    help: 'A client that says nothing for so long is disconnected without deleting anything. RFC 1939 asks for at least 10 minutes.',
    dovecot: ['pop3_idle_timeout'],
    applies: 'next-connection',
  }),
  defineSwitch('pop3.isExclusive', {
    default: false,
    title: 'One session at a time',
    help: 'A second login of the same user is refused with [IN-USE] while a session is open on this server, as RFC 1939 has it. Off: each session sees the mailbox as it was at its login, and none disturbs another.',
    dovecot: ['pop3_lock_session'],
    applies: 'next-sign-in',
  }),
  defineNumber('pop3.loginDelaySeconds', {
    min: 0,
    max: 86_400,
    default: 0,
    unit: 'seconds',
    title: 'Time between logins',
    help: 'A user who logs in sooner than so long after the last time is refused with [LOGIN-DELAY], and programs are told of it beforehand. 0: no such limit.',
    applies: 'next-sign-in',
  }),
  defineChoice('pop3.uidlFormat', {
    options: {
      dovecot: 'UID and UIDVALIDITY in hexadecimal (%08Xu%08Xv): Dovecot',
      cyrus: 'UIDVALIDITY.UID (%v.%u): Cyrus, old Dovecot',
      courier: 'UIDVALIDITY-UID (%v-%u): Courier',
      courierText: 'UID and UIDVALIDITY as text (UID%u-%v): newer Courier',
      uid: 'UID alone (%u): old Cyrus and Courier',
    },
    default: 'dovecot',
    title: 'Unique ids',
    help: 'How messages are named in UIDL that brought no name from another server. Programs know by it what they have fetched already: a change makes all of them fetch everything again.',
    dovecot: ['pop3_uidl_format'],
    applies: 'next-sign-in',
  }),
  defineSetting('pop3.folders', {
    schema: z.array(z.string().trim().min(1).max(250)).min(1, 'Name a folder.').max(20),
    default: ['INBOX'],
    title: 'Folders',
    help: 'The folders whose messages POP3 shows, the first one first. A folder that a user does not have is passed over; each user may choose others.',
    control: { kind: 'list', placeholder: 'INBOX' },
    dovecot: ['mailbox', 'virtual'],
    applies: 'next-sign-in',
  }),
  defineSwitch('pop3.marksSeen', {
    default: true,
    title: 'Fetched is read',
    help: 'A message that was fetched whole (RETR) counts as read in the other programs of the user.',
    dovecot: ['pop3_no_flag_updates'],
    applies: 'next-sign-in',
  }),
  defineChoice('pop3.deletion', {
    options: {
      remove: 'Remove (can be restored)',
      trash: 'Move to Trash',
      archive: 'Move to Archive',
    },
    default: 'remove',
    title: 'Messages that a program deletes',
    help: 'What becomes of messages that a program deletes on the server, at the end of its session: mostly those that it has fetched. Moved ones stay within reach of IMAP and webmail.',
    dovecot: ['pop3_deleted_flag'],
    applies: 'next-sign-in',
  }),
  defineSwitch('pop3.replacesNul', {
    default: false,
    title: 'Without NUL',
    help: 'NUL in a message is sent as octet 128: Outlook hangs at NUL. Off: exactly the octets of the message.',
    dovecot: ['pop3_client_workarounds'],
    applies: 'next-sign-in',
  }),
] as const;
