// A TCP listener with limits, implicit TLS and a graceful stop, for every protocol of the daemon.
//
// Invariants: a connection over a limit never reaches the protocol; an error of a socket never reaches the
// process; stop() ends within its grace period.
import { createServer, type Server, type Socket } from 'node:net';
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
  host: string;
  port: number;
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
  address: string;
  /** The port really bound. */
  port: number;
  /** Accepts no more, ends each session, and destroys what is left after `graceMs`. */
  stop(graceMs: number): Promise<void>;
};

const log = logOf('net');
const keepAliveMs = 60_000;

/** Starts listening. Rejects with one sentence for a person when the port cannot be had. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const open = new Map<Socket, Session | null>();
  const perAddress = new Map<string, number>();
  const server = createServer(
    {
      allowHalfOpen: options.allowHalfOpen ?? false,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
    },
    (socket) => {
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
    },
  );
  await listen(server, options);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('The listener has no address.');
  log.info({ listener: options.name, address: bound.address, port: bound.port }, 'listening');
  return {
    address: bound.address,
    port: bound.port,
    stop: (graceMs) => stopServer(server, open, graceMs),
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

function listen(server: Server, options: ListenerOptions): Promise<void> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, options)));
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      server.on('error', (error) => log.error({ listener: options.name, error }));
      resolve();
    });
  });
}

/** One sentence that says what is wrong and what to do. */
export function explain(
  error: NodeJS.ErrnoException,
  { name, host, port }: Pick<ListenerOptions, 'name' | 'host' | 'port'>,
): Error {
  const variable = `DREY_${name.toUpperCase()}_PORT`;
  const texts: Record<string, string> = {
    EADDRINUSE: `The ${name} port ${port} on ${host} is taken by another program; stop that program, or set ${variable} to a free port.`,
    EACCES: `The ${name} port ${port} may not be opened by this user (ports below 1024 need the right for it); set ${variable} to a higher port, or grant the right.`,
    EADDRNOTAVAIL: `The ${name} port cannot be opened on ${host} because this machine does not have that address; correct DREY_BIND or the setting server.bind.`,
  };
  const text =
    texts[error.code ?? ''] ??
    `The ${name} port ${port} on ${host} cannot be opened (${error.code ?? error.message}); check ${variable} and DREY_BIND.`;
  return new Error(text, { cause: error });
}

async function stopServer(
  server: Server,
  open: Map<Socket, Session | null>,
  graceMs: number,
): Promise<void> {
  const timer = setTimeout(() => {
    for (const socket of open.keys()) socket.destroy();
  }, graceMs);
  const closes = [...open.keys()].map(
    (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
  );
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const [socket, session] of open) {
    // One without a session is not yet admitted, or still in its handshake.
    if (session) endSession(session, socket);
    else socket.destroy();
  }
  await Promise.all([closed, ...closes]);
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
