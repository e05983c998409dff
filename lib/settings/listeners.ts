// Where the server listens: a list of addresses and ports for each protocol; an empty one switches it off.
import type { z } from 'zod';
import type { ListenerName } from '../env.ts';
import { defineChoice, defineSwitch } from './choice.ts';
import { defineSetting, type SettingDefinition } from './define.ts';
import { localPlaceList, placeList } from './place.ts';

type Given = {
  default: string[];
  title: string;
  help: string;
  placeholder: string;
  schema?: z.ZodType<string[]>;
  postfix?: string[];
  dovecot?: string[];
};

const howToWrite =
  'One a line: a port (at the address of “Listen on”), or an address and a port such as all:25, loopback:25, 192.0.2.1:25, [2001:db8::1]:25. None: off.';

/** Declares the places of a listener. */
function defineListener<N extends ListenerName>(
  name: N,
  { placeholder, schema = placeList, help, ...declared }: Given,
): SettingDefinition<string[]> & { key: `listeners.${N}` } {
  const variable = `DREY_${name.toUpperCase()}_PORT`;
  return defineSetting(`listeners.${name}`, {
    ...declared,
    schema,
    help: `${help} ${howToWrite} The environment variable ${variable} goes first.`,
    control: { kind: 'list', placeholder },
    applies: 'next-connection',
    isRisky: true,
  });
}

export const listenersSettings = [
  defineListener('web', {
    default: ['3000'],
    placeholder: 'all:80',
    title: 'Web pages by http',
    help: 'Webmail, panel and API without TLS: for a reverse proxy on this machine, or for certificates by HTTP-01.',
  }),
  defineListener('https', {
    default: [],
    placeholder: 'all:443',
    title: 'Web pages by https',
    help: 'Webmail, panel and API with the certificate of this server: no reverse proxy is needed.',
  }),
  defineSwitch('listeners.redirectsToHttps', {
    default: false,
    title: 'From http to https',
    help: 'Who opens the pages by http is sent to https, where the server listens for that. Proxies on this machine, certificates by HTTP-01 and the health page are not.',
    applies: 'next-command',
    isRisky: true,
  }),
  defineListener('smtp', {
    default: ['2525'],
    placeholder: 'all:25',
    title: 'SMTP',
    help: 'Mail from other servers; the Internet knows port 25 alone.',
    postfix: ['smtp inet (master.cf)', 'postscreen inet (master.cf)', 'inet_interfaces'],
  }),
  defineListener('submission', {
    default: ['2587'],
    placeholder: 'all:587',
    title: 'Submission',
    help: 'Mail from users, secured by STARTTLS; the usual port is 587.',
    postfix: ['submission inet (master.cf)'],
    dovecot: ['service submission-login', 'inet_listener submission'],
  }),
  defineListener('submissions', {
    default: ['2465'],
    placeholder: 'all:465',
    title: 'Submission by TLS',
    help: 'Mail from users, TLS from the first byte; the usual port is 465.',
    postfix: ['smtps inet (master.cf)', 'submissions inet (master.cf)', 'smtpd_tls_wrappermode'],
    dovecot: ['inet_listener submissions'],
  }),
  defineListener('lmtp', {
    default: ['loopback:2024'],
    placeholder: 'loopback:24',
    schema: localPlaceList,
    title: 'LMTP',
    help: 'Mail from programs of this machine, where smtp.hasLmtp is on and smtp.lmtpSocket is empty. A port alone is on the loopback address.',
    postfix: ['lmtp inet (master.cf)'],
    dovecot: ['service lmtp', 'inet_listener lmtp', 'protocols'],
  }),
  defineListener('imap', {
    default: ['2143'],
    placeholder: 'all:143',
    title: 'IMAP',
    help: 'Mail programs, secured by STARTTLS; the usual port is 143. The webmail has a door of its own.',
    dovecot: ['inet_listener imap', 'service imap-login', 'protocols', 'listen'],
  }),
  defineListener('imaps', {
    default: ['2993'],
    placeholder: 'all:993',
    title: 'IMAP by TLS',
    help: 'Mail programs, TLS from the first byte; the usual port is 993.',
    dovecot: ['inet_listener imaps', 'service imap-login', 'protocols', 'listen'],
  }),
  defineListener('pop3', {
    default: ['2110'],
    placeholder: 'all:110',
    title: 'POP3',
    help: 'Mail programs that fetch, secured by STLS; the usual port is 110.',
    dovecot: ['inet_listener pop3', 'service pop3-login', 'protocols', 'listen'],
  }),
  defineListener('pop3s', {
    default: ['2995'],
    placeholder: 'all:995',
    title: 'POP3 by TLS',
    help: 'Mail programs that fetch, TLS from the first byte; the usual port is 995.',
    dovecot: ['inet_listener pop3s', 'service pop3-login', 'protocols', 'listen'],
  }),
  defineListener('metrics', {
    default: ['loopback:9464'],
    placeholder: 'loopback:9464',
    title: 'Metrics',
    help: 'Figures for Prometheus. Whoever reaches it may read them, so open it to no more than your own network. A port alone is on the loopback address.',
    dovecot: ['service stats', 'openmetrics'],
  }),
  defineChoice('listeners.family', {
    options: { all: 'IPv4 and IPv6', ipv4: 'IPv4 alone', ipv6: 'IPv6 alone' },
    default: 'all',
    title: 'Internet protocols',
    help: 'What “all” and “loopback” mean; addresses of the other kind in the lists are passed over. Where this machine has no IPv6, “all” is IPv4.',
    postfix: ['inet_protocols'],
    dovecot: ['listen'],
    applies: 'next-connection',
    isRisky: true,
  }),
] as const;
