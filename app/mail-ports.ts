// The servers of mail programs, in the order in which they should prefer them.
import { type ListenerName, portOf } from '#lib/env.ts';

export type MailServer = {
  type: 'imap' | 'pop3' | 'smtp';
  port: number;
  /** TLS from the first byte, or after STARTTLS */
  socket: 'SSL' | 'STARTTLS';
};

const listeners: [ListenerName, MailServer['type'], MailServer['socket']][] = [
  ['imaps', 'imap', 'SSL'],
  ['imap', 'imap', 'STARTTLS'],
  ['pop3s', 'pop3', 'SSL'],
  ['pop3', 'pop3', 'STARTTLS'],
  ['submissions', 'smtp', 'SSL'],
  ['submission', 'smtp', 'STARTTLS'],
];

export function listMailServers(): MailServer[] {
  return listeners.map(([name, type, socket]) => ({ type, port: portOf(name), socket }));
}
