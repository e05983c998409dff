// The POP3 listeners: 110 (STLS) and 995 (TLS from the first byte).
import { portOf } from '#lib/env.ts';
import { readSetting, serverHostname } from '#lib/settings/index.ts';
import { listenHost } from '#server/net/bind.ts';
import { type Listener, startListener } from '#server/net/listener.ts';
import type { Running } from '#server/net/running.ts';
import { serveConnection } from './connection.ts';

/** A household behind one address; mail programs open one connection for each account. */
const maxPerAddress = 50;
const stopGraceMs = 2000;

/** Starts both listeners. Rejects with a sentence for a person when a port cannot be had. */
export async function startPop3Servers(): Promise<Running> {
  const host = await listenHost();
  const listeners: Listener[] = [];
  const stop = async () => {
    await Promise.all(listeners.map((listener) => listener.stop(stopGraceMs)));
  };
  try {
    listeners.push(await start('pop3', host), await start('pop3s', host));
  } catch (error) {
    await stop();
    throw error;
  }
  const [clear, secure] = listeners as [Listener, Listener];
  return { stop, ports: { pop3: clear.port, pop3s: secure.port } };
}

function start(name: 'pop3' | 'pop3s', host: string): Promise<Listener> {
  return startListener({
    name,
    host,
    port: portOf(name),
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
