// The machine as a whole: its name and the addresses it listens on.
import { isIP } from 'node:net';
import { z } from 'zod';
import { defineSetting } from './define.ts';
import { isTimeZone } from './time-zone.ts';

const hostname = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^$|^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    'Give a host name such as mail.example.org.',
  );

const bind = z
  .string()
  .trim()
  .refine(
    (text) => text === 'loopback' || text === 'all' || isIP(text) > 0,
    'Give "loopback", "all" or an IP address of this machine.',
  );

export const serverSettings = [
  defineSetting('server.hostname', {
    schema: hostname,
    default: '',
    title: 'Host name',
    help: 'The full name under which other mail servers know this machine. It stands in the greeting, in trace headers and in the certificate. Empty: the name the operating system has.',
    control: { kind: 'text', placeholder: 'mail.example.org' },
    postfix: ['myhostname', 'smtp_helo_name'],
    dovecot: ['hostname'],
    applies: 'next-connection',
  }),
  defineSetting('server.domain', {
    schema: hostname,
    default: '',
    title: 'Domain of the service',
    help: 'Completes sender and recipient addresses without a domain, such as "root", that programs of this machine, of trusted networks and users hand in. Empty: such addresses are refused.',
    control: { kind: 'text', placeholder: 'example.org' },
    postfix: ['mydomain', 'myorigin', 'append_at_myorigin'],
    applies: 'next-command',
  }),
  defineSetting('server.timeZone', {
    schema: z
      .string()
      .trim()
      .refine((name) => name === '' || isTimeZone(name), {
        message: 'Give a time zone such as Europe/Berlin or UTC, or nothing.',
      }),
    default: '',
    title: 'Time zone of the service',
    help: 'Of the dates in trace headers, in reports and letters of the mail system, in the mail log and in this panel, and of its days ("today"). In the webmail people see times in their own zone. Empty: that of the operating system; in the panel that of the reader.',
    control: { kind: 'text', placeholder: 'Europe/Berlin' },
    applies: 'next-message',
  }),
  defineSetting('server.bind', {
    schema: bind,
    default: 'loopback',
    title: 'Listen on',
    help: '"loopback" lets only this machine connect, "all" the whole network; or one IP address. It counts for each port under Listeners that has no address of its own. The environment variable DREY_BIND goes first.',
    control: { kind: 'text', placeholder: 'all' },
    postfix: ['inet_interfaces'],
    dovecot: ['listen', 'imap_listen', 'pop3_listen', 'imaps_listen', 'pop3s_listen', 'ssl_listen'],
    applies: 'next-connection',
    isRisky: true,
  }),
] as const;
