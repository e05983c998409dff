// One listening socket: opened beside the one that it follows where need be, closed without a connection that waits
// being lost, and the sentence that says why it cannot be had.
import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ListenerName } from '#lib/env.ts';
import type { Address } from './bind.ts';

export type ListeningSocket = {
  /** The port really bound; 0 for a socket file */
  port: number;
  /** Accepts no more. Connections that were accepted go on. */
  close(): Promise<void>;
};

export type SocketOptions = {
  accept(socket: Socket): void;
  /** A client that closes its side still gets the answers; the protocol then must end the socket itself. */
  allowHalfOpen?: boolean;
};

/** Owner and group may use a socket file. */
const socketFileMode = 0o660;
const keepAliveMs = 60_000;

/**
 * Listens at `address`. `isBeside`: a socket of the same listener covers the same port and is closed afterwards; else
 * nobody else may have it. Rejects with the error of the system.
 */
export async function listenAt(
  address: Address,
  { accept, allowHalfOpen = false }: SocketOptions,
  isBeside = false,
): Promise<ListeningSocket> {
  if (!isBeside) await probe(address);
  const server = createServer(
    { allowHalfOpen, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs },
    accept,
  );
  await listen(server, address, true);
  if ('path' in address) await chmod(address.path, socketFileMode);
  const bound = server.address();
  return {
    port: bound === null || typeof bound === 'string' ? 0 : bound.port,
    close: async () => {
      // What the kernel has accepted is ours first.
      await nextTurn();
      server.close();
      await nextTurn();
    },
  };
}

/**
 * Opens and closes the address: only so is it seen that somebody has it, since sockets that may stand beside one
 * another (SO_REUSEPORT) never find each other taken.
 */
export async function probe(address: Address): Promise<void> {
  if ('path' in address) return removeLeftover(address.path);
  if (address.port === 0) return;
  const server = createServer((socket) => socket.destroy());
  await listen(server, address, false);
  await new Promise((resolve) => server.close(resolve));
}

function listen(server: Server, address: Address, mayShare: boolean): Promise<void> {
  // Linux alone needs to be asked; others let a specific address stand beside a general one.
  const reusePort = mayShare && process.platform === 'linux' && !('path' in address);
  const place = 'path' in address ? address : { ...address, ipv6Only: address.isV6Alone };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...place, reusePort }, () => {
      server.off('error', reject);
      // A connection that broke before it was accepted, or too many open files: the next is another matter.
      server.on('error', () => {});
      resolve();
    });
  });
}

/** A socket file that nobody listens on stays behind after a crash. A file of any other kind is somebody's. */
async function removeLeftover(path: string): Promise<void> {
  const file = await lstat(path).catch(() => null);
  if (!file?.isSocket()) return;
  const code = await new Promise<string | undefined>((resolve) => {
    const client = connect(path, () => {
      client.destroy();
      resolve(undefined);
    });
    client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  if (code === 'ECONNREFUSED') await unlink(path);
}

/** The code of a place that another listener of this server has; its name is the message. */
export const rivalCode = 'RIVAL';

/** One sentence that says what is wrong and what to do. */
export function explain(
  error: NodeJS.ErrnoException,
  name: ListenerName,
  address: Address,
  isFromEnvironment: boolean,
): string {
  const place = isFromEnvironment ? `DREY_${name.toUpperCase()}_PORT` : `listeners.${name}`;
  const what =
    'path' in address
      ? `The ${name} socket ${address.path}`
      : `The ${name} port ${address.port} on ${address.host}`;
  switch (error.code) {
    case rivalCode:
      return `${what} is where ${error.message} listens already; give each a port of its own.`;
    case 'EADDRINUSE':
      return `${what} is taken by another program; stop that program, or set ${place} to a free port.`;
    case 'EACCES':
      return `${what} may not be opened by this user (ports below 1024 need the right CAP_NET_BIND_SERVICE: docs/running.md); set ${place} to a higher port, or grant the right.`;
    case 'EADDRNOTAVAIL':
      return `${what} cannot be opened because this machine does not have that address; correct it in ${place}, or DREY_BIND or the setting server.bind where the port stands alone.`;
    default:
      return `${what} cannot be opened (${error.code ?? error.message}); check ${place}.`;
  }
}
