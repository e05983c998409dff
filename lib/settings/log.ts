// Log lines in the classic shape of a maillog, for tools that read them.
import { z } from 'zod';
import { defineSetting } from './define.ts';
import { networkList } from './network-list.ts';

export const logSettings = [
  defineSetting('log.file', {
    schema: z
      .string()
      .trim()
      .max(500, 'At most 500 characters.')
      .regex(/^(\/[^\p{Cc}]*)?$/u, 'Give a path that begins with "/", or nothing.'),
    default: '',
    title: 'Mail log file',
    help: 'Writes what happens to mail and sign-ins to this file too, in the shape that Postfix and Dovecot use, for fail2ban, pflogsumm and the like. Rename the file to rotate it; a new one is begun within a second. Empty: none.',
    control: { kind: 'text', placeholder: '/var/log/mail.log' },
    postfix: ['maillog_file'],
    dovecot: ['log_path', 'info_log_path'],
    applies: 'next-command',
  }),
  defineSetting('log.syslog', {
    schema: z
      .string()
      .trim()
      .regex(
        /^([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$|^$/i,
        'Give a host with ":port" where it is not 514, or nothing.',
      ),
    default: '',
    title: 'Syslog server',
    help: 'Sends the same lines to a syslog server over UDP (RFC 3164, facility mail). Empty: to none.',
    control: { kind: 'text', placeholder: '127.0.0.1:514' },
    postfix: ['syslog_facility'],
    dovecot: ['syslog_facility'],
    applies: 'next-command',
  }),
  defineSetting('log.name', {
    schema: z
      .string()
      .trim()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, 'Small letters, digits and "-", at most 32.'),
    default: 'postfix',
    title: 'Program name in the mail log',
    help: 'The lines begin with it; tools look for "postfix" unless they are told another name.',
    control: { kind: 'text', placeholder: 'postfix' },
    postfix: ['syslog_name'],
    applies: 'next-command',
  }),
  defineSetting('log.debugPeers', {
    schema: networkList,
    default: [] as string[],
    title: 'Peers whose dialogue is logged',
    help: 'Addresses or networks. What is said in SMTP with one of them, as a client or as a server, goes line by line into the log of the server, without passwords and without the text of mail.',
    control: { kind: 'list', placeholder: '192.0.2.10' },
    postfix: ['debug_peer_list'],
    dovecot: ['auth_debug', 'mail_debug'],
    applies: 'next-connection',
  }),
] as const;
