// The IMAP listeners: 143 (STARTTLS) and 993 (TLS from the first byte), and a door of its own for the webmail.
import { readSetting } from '#lib/settings/index.ts';
import { createListener, type Listener } from '#server/net/listener.ts';
import {
  type OpenListener,
  openInternal,
  openListener,
  protocolOf,
} from '#server/net/listeners.ts';
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
  const clear = createImapListener('imap', roster);
  const secure = createImapListener('imaps', roster);
  const open: OpenListener[] = [];
  const stop = async () => {
    await Promise.all(open.map((each) => each.close()));
    await Promise.all([clear, secure].map((each) => each.stop(graceMs)));
  };
  try {
    for (const each of [clear, secure]) open.push(await openListener(protocolOf(each)));
    const internal = await openInternal(clear);
    const endRehearsal = startRehearsal();
    return {
      get ports() {
        return { imap: open[0]?.port, imaps: open[1]?.port };
      },
      internal: { imap: internal.port },
      stop: async () => {
        await endRehearsal();
        await internal.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createImapListener(name: 'imap' | 'imaps', roster: Roster): Listener {
  return createListener({
    name,
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
