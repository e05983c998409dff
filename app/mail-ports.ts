// The servers of mail programs, in the order in which they should prefer them.
import type { ListenerName } from '#lib/env.ts';
import { listPorts } from '#lib/settings/wanted.ts';

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

/** Those that are on. */
export async function listMailServers(): Promise<MailServer[]> {
  const found = await Promise.all(
    listeners.map(async ([name, type, socket]) => {
      const [port] = await listPorts(name);
      return port === undefined ? [] : [{ type, port, socket }];
    }),
  );
  return found.flat();
}
