// What stands between the sockets of a listener and its protocol: limits, implicit TLS, a graceful stop. The sockets
// come and go (listeners.ts); who came through one stays.
//
// Invariants: a connection over a limit never reaches the protocol; an error of a socket never reaches the
// process; stop() ends within its grace period.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isLoopback, limitKey, plainAddress } from '#lib/accounts/network.ts';
import type { ListenerName } from '#lib/env.ts';
import { logOf } from '#lib/log.ts';
import { sessions } from '#server/metrics/index.ts';
import { shakeHands } from './start-tls.ts';

/** Read at each connection, so a setting is in force for the next one. */
export type Limit = number | (() => number | Promise<number>);

/** What the listener needs of a session to stop it kindly. */
export type Session = { end(): void };

export type ListenerOptions = {
  name: ListenerName;
  /** True: TLS from the first byte. */
  tls: boolean;
  maxConnections: Limit;
  /** Connections of one IPv4 address or IPv6 /64; loopback has no such limit (the webmail lives there). */
  maxPerAddress: Limit;
  /** A client that closes its side still gets the answers; the protocol then must end the socket itself. */
  allowHalfOpen?: boolean;
  /** Said in clear to a connection over a limit, line ending included. */
  busyLine?: string;
  /**
   * May return its session: `end` is called at stop, and must say goodbye and end the socket. Nothing
   * the client sends is lost while a promise is awaited, as long as nobody listens for data.
   */
  onConnection(
    socket: Socket | TLSSocket,
    client: { remote: string; isSecure: boolean },
  ): Session | undefined | Promise<Session | undefined>;
};

export type Listener = {
  name: ListenerName;
  allowHalfOpen: boolean;
  /** Takes a connection from a socket of this listener. */
  accept(socket: Socket): void;
  countSessions(): number;
  /** Ends each session, and destroys what is left after `graceMs`. Its sockets are closed before. */
  stop(graceMs: number): Promise<void>;
};

const log = logOf('net');

/** A listener without sockets; openListener() gives them to it. */
export function createListener(options: ListenerOptions): Listener {
  const open = new Map<Socket, Session | null>();
  const perAddress = new Map<string, number>();
  const accept = (socket: Socket) => {
    const remote = plainAddress(socket.remoteAddress ?? '');
    const key = limitKey(remote);
    // The places are taken now; the limits, which are read from settings, are compared afterwards.
    open.set(socket, null);
    const place = { total: open.size, ofAddress: (perAddress.get(key) ?? 0) + 1 };
    perAddress.set(key, place.ofAddress);
    sessions.inc({ protocol: options.name });
    socket.on('error', (error) => log.debug({ listener: options.name, remote, error }));
    socket.once('close', () => {
      open.delete(socket);
      const left = (perAddress.get(key) ?? 1) - 1;
      if (left > 0) perAddress.set(key, left);
      else perAddress.delete(key);
      sessions.dec({ protocol: options.name });
    });
    admit(options, socket, remote, place, open).catch((error: unknown) => {
      log.error({ listener: options.name, remote, error }, 'a connection could not be served');
      socket.destroy();
    });
  };
  return {
    name: options.name,
    allowHalfOpen: options.allowHalfOpen ?? false,
    accept,
    countSessions: () => open.size,
    stop: (graceMs) => endAll(open, graceMs),
  };
}

/** Compares the limits, secures the connection, and hands it to the protocol. */
async function admit(
  options: ListenerOptions,
  socket: Socket,
  remote: string,
  place: { total: number; ofAddress: number },
  open: Map<Socket, Session | null>,
): Promise<void> {
  const isOver =
    place.total > (await readLimit(options.maxConnections)) ||
    (!isLoopback(remote) && place.ofAddress > (await readLimit(options.maxPerAddress)));
  if (isOver) {
    log.warn({ listener: options.name, remote }, 'connection over a limit refused');
    if (options.tls || !options.busyLine) socket.destroy();
    else socket.end(options.busyLine, () => socket.destroy());
    return;
  }
  if (socket.destroyed) return;
  const secured = options.tls ? await secure(options, socket, remote) : socket;
  // A stop that came during the handshake has already ended the raw socket.
  if (!secured || !open.has(socket)) return;
  const session = await options.onConnection(secured, { remote, isSecure: options.tls });
  // Gone meanwhile, perhaps by a stop.
  if (!open.has(socket) || socket.destroyed) return session?.end();
  open.set(socket, session ?? { end: () => secured.end() });
}

/** null when the handshake failed: scanners do that all day, so it is no news. */
function secure(
  { name }: ListenerOptions,
  socket: Socket,
  remote: string,
): Promise<TLSSocket | null> {
  return shakeHands(socket).catch((error: unknown) => {
    log.debug({ listener: name, remote, error }, 'TLS handshake failed');
    return null;
  });
}

async function readLimit(limit: Limit): Promise<number> {
  return typeof limit === 'number' ? limit : limit();
}

async function endAll(open: Map<Socket, Session | null>, graceMs: number): Promise<void> {
  const timer = setTimeout(() => {
    for (const socket of open.keys()) socket.destroy();
  }, graceMs);
  const closes = [...open.keys()].map(
    (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
  );
  for (const [socket, session] of open) {
    // One without a session is not yet admitted, or still in its handshake.
    if (session) endSession(session, socket);
    else socket.destroy();
  }
  await Promise.all(closes);
  clearTimeout(timer);
}

function endSession(session: Session, socket: Socket): void {
  try {
    session.end();
  } catch (error) {
    log.error({ error }, 'a session failed to end');
    socket.destroy();
  }
}
