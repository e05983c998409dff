// The POP3 listeners: 110 (STLS) and 995 (TLS from the first byte).
import { readSetting, serverHostname } from '#lib/settings/index.ts';
import { createListener, type Listener } from '#server/net/listener.ts';
import { type OpenListener, openListener, protocolOf } from '#server/net/listeners.ts';
import type { Running } from '#server/net/running.ts';
import { serveConnection } from './connection.ts';

/** A household behind one address; mail programs open one connection for each account. */
const maxPerAddress = 50;
const stopGraceMs = 2000;

/** Starts both listeners. Rejects with a sentence for a person when a port cannot be had. */
export async function startPop3Servers(): Promise<Running> {
  const listeners = [createPop3Listener('pop3'), createPop3Listener('pop3s')];
  const open: OpenListener[] = [];
  const stop = async () => {
    await Promise.all(open.map((each) => each.close()));
    await Promise.all(listeners.map((each) => each.stop(stopGraceMs)));
  };
  try {
    for (const each of listeners) open.push(await openListener(protocolOf(each)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    get ports() {
      return { pop3: open[0]?.port, pop3s: open[1]?.port };
    },
    stop,
  };
}

function createPop3Listener(name: 'pop3' | 'pop3s'): Listener {
  return createListener({
    name,
    tls: name === 'pop3s',
    maxConnections: () => readSetting('pop3.maxConnections'),
    maxPerAddress,
    busyLine: '-ERR [SYS/TEMP] Too many connections; try again later.\r\n',
    onConnection: async (socket, client) => {
      const idleTimeoutMs = (await readSetting('pop3.idleTimeoutMinutes')) * 60_000;
      const hostname = await serverHostname();
      return serveConnection(socket, { ...client, hostname, idleTimeoutMs });
    },
  });
}
