// Reading mail over IMAP.
import { z } from 'zod';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

export const imapSettings = [
  defineNumber('imap.maxConnections', {
    min: 10,
    max: 100_000,
    default: 5000,
    title: 'Connections in all',
    help: 'IMAP connections at the same time on one port.',
    dovecot: ['login_max_connections', 'client_limit'],
    applies: 'next-connection',
  }),
  defineNumber('imap.maxConnectionsPerUser', {
    min: 1,
    max: 1000,
    default: 50,
    title: 'Connections of one user',
    help: 'Mail programs open several; the webmail two.',
    dovecot: ['mail_max_userip_connections'],
    applies: 'next-connection',
  }),
  defineNumber('imap.idleTimeoutMinutes', {
    min: 30,
    max: 1440,
    default: 31,
    unit: 'minutes',
    title: 'Idle time',
    help: 'A client that says nothing for so long is logged out. RFC 3501 asks for at least 30 minutes; a little more avoids that both sides hang up in the same second.',
    dovecot: ['imap_idle_timeout'],
    applies: 'next-connection',
  }),
  defineSetting('imap.sharesWithAnyone', {
    schema: z.boolean('Answer yes or no.'),
    default: false,
    title: 'Folders shared with everybody',
    help: 'Users may share a folder with "anyone": everybody who has an account on this server, of whatever domain. Off: what was shared so before is not shown.',
    control: { kind: 'boolean' },
    dovecot: ['acl_anyone'],
    applies: 'next-command',
  }),
] as const;
