// The machine as a whole: its name and the addresses it listens on.
import { isIP } from 'node:net';
import { z } from 'zod';
import { defineSetting } from './define.ts';

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
  defineSetting('server.bind', {
    schema: bind,
    default: 'loopback',
    title: 'Listen on',
    help: '"loopback" lets only this machine connect, "all" the whole network; or one IP address. The environment variable DREY_BIND goes first.',
    control: { kind: 'text', placeholder: 'all' },
    postfix: ['inet_interfaces'],
    dovecot: ['listen'],
    applies: 'restart',
  }),
] as const;
