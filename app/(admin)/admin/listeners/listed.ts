// The listeners in the order of the table, as people know them, with their usual ports.
import type { ListenerName } from '#lib/env.ts';

export type Listed = {
  name: ListenerName;
  title: string;
  purpose: string;
  tls: 'TLS' | 'STARTTLS' | 'STLS' | '';
  /** What the button "Standard ports" sets; null = it leaves the listener alone */
  standard: string[] | null;
};

export const listedListeners: Listed[] = [
  {
    name: 'web',
    title: 'Web pages',
    purpose: 'http: for a reverse proxy, or sent on to https',
    tls: '',
    // A proxy on this machine goes on finding the pages where they were.
    standard: ['80', 'loopback:3000'],
  },
  {
    name: 'https',
    title: 'Web pages by https',
    purpose: 'webmail, panel and API',
    tls: 'TLS',
    standard: ['443'],
  },
  {
    name: 'smtp',
    title: 'SMTP',
    purpose: 'mail from other servers',
    tls: 'STARTTLS',
    standard: ['25'],
  },
  {
    name: 'submission',
    title: 'Submission',
    purpose: 'mail from users',
    tls: 'STARTTLS',
    standard: ['587'],
  },
  {
    name: 'submissions',
    title: 'Submissions',
    purpose: 'mail from users',
    tls: 'TLS',
    standard: ['465'],
  },
  { name: 'imap', title: 'IMAP', purpose: 'mail programs', tls: 'STARTTLS', standard: ['143'] },
  { name: 'imaps', title: 'IMAPS', purpose: 'mail programs', tls: 'TLS', standard: ['993'] },
  {
    name: 'pop3',
    title: 'POP3',
    purpose: 'mail programs that fetch',
    tls: 'STLS',
    standard: ['110'],
  },
  {
    name: 'pop3s',
    title: 'POP3S',
    purpose: 'mail programs that fetch',
    tls: 'TLS',
    standard: ['995'],
  },
  {
    name: 'lmtp',
    title: 'LMTP',
    purpose: 'mail from programs of this machine',
    tls: '',
    standard: null,
  },
  { name: 'metrics', title: 'Metrics', purpose: 'figures for Prometheus', tls: '', standard: null },
];
