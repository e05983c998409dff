// Connections of this process to its own listeners that play strangers (relay-test.ts): known by both ends of
// the socket, so nobody outside can be one.
import { connect, type Socket } from 'node:net';
import { plainAddress } from '#lib/accounts/network.ts';

/** Address and port at our end → the address it plays. */
const places = new Map<string, string>();
/** Connections that are being made: only then is the port at our end known. */
const opening = new Set<Promise<void>>();

const placeOf = (address: string | undefined, port: number | undefined) =>
  `${plainAddress(address ?? '')} ${port}`;

/** Connects to a listener of this process, which sees a client at `address`. Rejects when nobody listens. */
export async function connectAsStranger(
  { host, port }: { host: string; port: number },
  address: string,
): Promise<Socket> {
  const socket = connect({ host, port });
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      const place = placeOf(socket.localAddress, socket.localPort);
      places.set(place, address);
      socket.once('close', () => places.delete(place));
      resolve();
    });
  });
  const settled = opened.catch(() => {});
  opening.add(settled);
  try {
    await opened;
  } finally {
    opening.delete(settled);
  }
  return socket;
}

/** The address that an accepted socket plays, or null for a real one. */
export async function findStranger(socket: Socket): Promise<string | null> {
  if (opening.size === 0 && places.size === 0) return null;
  // We come from where we go to; nobody else waits for a connection of ours that takes its time.
  if (socket.remoteAddress !== socket.localAddress) return null;
  const place = placeOf(socket.remoteAddress, socket.remotePort);
  await Promise.all(opening);
  return places.get(place) ?? null;
}
