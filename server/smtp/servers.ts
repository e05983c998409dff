// The SMTP listeners: port 25 for other servers, 587 (STARTTLS) and 465 (TLS) for signed-in users; and a door of its
// own for the webmail. LMTP is beside it (wire/lmtp-listener.ts).
import type { Socket } from 'node:net';
import { logOf } from '#lib/log.ts';
import { sessions } from '#server/metrics/index.ts';
import type { Listener } from '#server/net/listener.ts';
import {
  type OpenListener,
  openInternal,
  openListener,
  protocolOf,
} from '#server/net/listeners.ts';
import type { Running } from '#server/net/running.ts';
import { onCertificateChange } from '#server/tls/certificate.ts';
import { MailServer } from './server.ts';
import type { SmtpListener } from './session.ts';

const log = logOf('smtp');
const listenerNames = ['smtp', 'submission', 'submissions'] as const;
/** A stop lets a message that is being stored come to its end. */
const endWithinMs = 1500;
/** After this, whoever is still connected is cut off. */
const stopWithinMs = 1900;

/** Starts all three. Rejects, with none left open, with one sentence when a port cannot be had. */
export async function startSmtpServers(): Promise<Running> {
  const listeners = listenerNames.map(createSmtpListener);
  const open: OpenListener[] = [];
  const stop = async () => {
    await Promise.all(open.map((each) => each.close()));
    await Promise.all(listeners.map((each) => each.stop(stopWithinMs)));
  };
  try {
    for (const listener of listeners) open.push(await openListener(protocolOf(listener)));
    const [, submission] = listeners;
    const internal = await openInternal(submission!);
    return {
      get ports() {
        return Object.fromEntries(listenerNames.map((name, index) => [name, open[index]?.port]));
      },
      internal: { submission: internal.port },
      stop: async () => {
        await internal.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A listener without sockets. */
export function createSmtpListener(name: SmtpListener): Listener {
  const server = new MailServer(name);
  server.on('error', (error) => log.debug({ listener: name, err: error }, 'connection failed'));
  const sockets = new Set<Socket>();
  const endWatch = onCertificateChange(() => server.loadCertificate());
  return {
    name,
    allowHalfOpen: false,
    accept: (socket) => {
      sockets.add(socket);
      sessions.inc({ protocol: name });
      const leave = () => {
        if (sockets.delete(socket)) sessions.dec({ protocol: name });
      };
      socket.once('close', leave);
      server.leaving.set(socket, leave);
      server.server.emit('connection', socket);
    },
    countSessions: () => sockets.size,
    stop: (graceMs) => {
      endWatch();
      return endAll(server, sockets, graceMs);
    },
  };
}

/** Says 421 to who waits, lets a message under way come to its answer, then cuts off. */
async function endAll(server: MailServer, sockets: Set<Socket>, graceMs: number): Promise<void> {
  const closes = [...sockets].map(
    (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
  );
  const timers = [
    setTimeout(() => server.endAll(), Math.min(endWithinMs, graceMs)),
    setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, graceMs),
  ];
  server.endPending();
  server.endIdle();
  await Promise.all(closes);
  for (const timer of timers) clearTimeout(timer);
}
