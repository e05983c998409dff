// The SMTP listeners: port 25 for other servers, 587 (STARTTLS) and 465 (TLS) for signed-in users. LMTP comes and
// goes with its setting (lmtp-listener.ts).
import type { Socket } from 'node:net';
import { portOf } from '#lib/env.ts';
import { logOf } from '#lib/log.ts';
import { sessions } from '#server/metrics/index.ts';
import { listenHost } from '#server/net/bind.ts';
import { explain } from '#server/net/listener.ts';
import type { Running } from '#server/net/running.ts';
import { onCertificateChange } from '#server/tls/certificate.ts';
import { MailServer } from './server.ts';
import type { SmtpListener } from './session.ts';

const log = logOf('smtp');
const listenerNames: SmtpListener[] = ['smtp', 'submission', 'submissions'];
/** After this, whoever is still connected is cut off. */
const stopWithinMs = 1900;

/** A port of this machine, or a socket file. */
export type Place = { host: string; port: number } | { path: string };

export type Listening = {
  name: SmtpListener;
  /** 0 where it is a socket file */
  port: number;
  stop(): Promise<void>;
};

/** Starts all three. Rejects, with none left open, with one sentence when a port cannot be had. */
export async function startSmtpServers(): Promise<Running> {
  const host = await listenHost();
  const listening: Listening[] = [];
  const stop = async () => {
    await Promise.all(listening.map((each) => each.stop()));
  };
  try {
    for (const name of listenerNames) {
      listening.push(await startListening(name, { host, port: portOf(name) }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, ports: Object.fromEntries(listening.map(({ name, port }) => [name, port])) };
}

/** One listener. Rejects with one sentence when its place cannot be had. */
export async function startListening(name: SmtpListener, place: Place): Promise<Listening> {
  const server = new MailServer(name);
  server.on('error', (error) => log.debug({ listener: name, err: error }, 'connection failed'));
  const sockets = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    sessions.inc({ protocol: name });
    socket.once('close', () => {
      sockets.delete(socket);
      sessions.dec({ protocol: name });
    });
  });
  await listen(server, name, place);
  const endWatch = onCertificateChange(() => server.loadCertificate());
  const bound = server.server.address();
  const port = bound === null || typeof bound === 'string' ? 0 : bound.port;
  log.info({ listener: name, ...place, port }, 'listening');
  return {
    name,
    port,
    stop: async () => {
      endWatch();
      await stopServer(server, sockets);
    },
  };
}

function listen(server: MailServer, name: SmtpListener, place: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject('port' in place ? explain(error, { name, ...place }) : error);
    server.server.once('error', fail);
    server.listen(place, () => {
      server.server.off('error', fail);
      resolve();
    });
  });
}

/** Says 421 to who waits, lets a message under way come to its answer, then cuts off. */
function stopServer(server: MailServer, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, stopWithinMs);
    server.server.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    server.close();
    server.endIdle();
  });
}
