// The IMAP listeners: 143 (STARTTLS) and 993 (TLS from the first byte).
import { portOf } from '#lib/env.ts';
import { readSetting } from '#lib/settings/index.ts';
import { listenHost } from '#server/net/bind.ts';
import { type Listener, startListener } from '#server/net/listener.ts';
import type { Running } from '#server/net/running.ts';
import { Connection } from './connection.ts';
import { startRehearsal } from './rehearsal.ts';
import { Roster } from './roster.ts';

const graceMs = 3000;
/** Of one address: a household or an office behind one router, each with several programs. */
const maxPerAddress = 500;

/** Starts both listeners; `stop` says BYE to every session. */
export async function startImapServers(): Promise<Running> {
  const roster = new Roster();
  const host = await listenHost();
  const listeners: Listener[] = [];
  try {
    for (const name of ['imap', 'imaps'] as const) {
      listeners.push(await listen(name, host, roster));
    }
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.stop(0)));
    throw error;
  }
  const endRehearsal = startRehearsal();
  return {
    ports: { imap: listeners[0]!.port, imaps: listeners[1]!.port },
    stop: async () => {
      await endRehearsal();
      await Promise.all(listeners.map((listener) => listener.stop(graceMs)));
    },
  };
}

function listen(name: 'imap' | 'imaps', host: string, roster: Roster): Promise<Listener> {
  return startListener({
    name,
    host,
    port: portOf(name),
    tls: name === 'imaps',
    maxConnections: () => readSetting('imap.maxConnections'),
    maxPerAddress,
    allowHalfOpen: true,
    busyLine: '* BYE [UNAVAILABLE] Too many connections\r\n',
    onConnection(socket, client) {
      const connection = new Connection(socket, client, roster);
      void connection.serve();
      return connection;
    },
  });
}
