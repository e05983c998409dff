// Reading mail over IMAP.
import { z } from 'zod';
import { defineSetting } from './define.ts';
import { defineNumber } from './number.ts';

const capability = /^[A-Za-z0-9][A-Za-z0-9=+_.-]{0,60}$/;
const capabilityText = 'Give at most 50 names of capabilities, as they stand in the list.';

export const imapSettings = [
  defineNumber('imap.maxConnections', {
    min: 10,
    max: 100_000,
    default: 5000,
    title: 'Connections in all',
    help: 'IMAP connections at the same time on one port.',
    dovecot: [
      'login_max_connections',
      'login_max_processes_count',
      'client_limit',
      'process_limit',
    ],
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
  defineSetting('imap.compression', {
    schema: z.boolean('Give on or off.'),
    default: true,
    title: 'Compression',
    help: 'Mail programs may compress the connection (COMPRESS=DEFLATE): less to transfer over slow lines, some work for the processor. The webmail, on the same machine, never does.',
    control: { kind: 'boolean' },
    dovecot: ['imap_zlib'],
    applies: 'next-command',
  }),
  defineSetting('imap.hiddenCapabilities', {
    schema: z.array(z.string().regex(capability, capabilityText)).max(50, capabilityText),
    default: [],
    title: 'Capabilities not announced',
    help: 'For a mail program that stumbles over one, such as QRESYNC or COMPRESS=DEFLATE: it is no longer told of it. Programs that use it unasked still can.',
    control: { kind: 'list' },
    dovecot: ['imap_capability'],
    applies: 'next-command',
  }),
  defineSetting('imap.sharesWithAnyone', {
    schema: z.boolean('Give on or off.'),
    default: false,
    title: 'Folders shared with everybody',
    help: 'Users may share a folder with "anyone": everybody who has an account on this server, of whatever domain. Off: what was shared so before is not shown.',
    control: { kind: 'boolean' },
    dovecot: ['acl_anyone'],
    applies: 'next-command',
  }),
] as const;
