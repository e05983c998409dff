// Where a server that a user named may be found. Whoever may name any server could look around in our own network (SSRF):
// only public addresses are tried, asked from the DNS here and connected to as they are, so that no second look-up can
// lead elsewhere.
import { connect, isIP, type Socket } from 'node:net';
import { isPublicAddress } from '#lib/accounts/public-address.ts';
import { readSetting } from '#lib/settings/index.ts';
import { resolveAddresses } from '#server/dns/resolver.ts';
import { CollectTrouble } from './trouble.ts';

const connectMs = 10_000;
const maxTries = 4;

/** Addresses of the host that may be tried. Throws CollectTrouble where there are none. */
export async function findAddresses(host: string): Promise<string[]> {
  const addresses = isIP(host) ? [host] : await ask(host);
  const mayBePrivate = await readSetting('delivery.collectAnywhere');
  const allowed = addresses.filter((address) => mayBePrivate || isPublicAddress(address));
  if (allowed.length > 0) return allowed.slice(0, maxTries);
  throw new CollectTrouble(`${host} is not on the public Internet`);
}

async function ask(host: string): Promise<string[]> {
  const answer = await resolveAddresses(host);
  if (answer.status === 'ok') return answer.records;
  throw new CollectTrouble(
    answer.status === 'failed'
      ? `the DNS does not answer for ${host}`
      : `there is no server ${host}`,
  );
}

/** A connection to the first of the addresses that takes one. */
export async function openSocket(addresses: string[], port: number): Promise<Socket> {
  for (const address of addresses) {
    const socket = await attempt(address, port);
    if (socket) return socket;
  }
  throw new CollectTrouble('the server cannot be reached');
}

function attempt(host: string, port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const give = (found: Socket | null) => {
      socket.removeAllListeners();
      socket.setTimeout(0);
      if (!found) socket.destroy();
      resolve(found);
    };
    socket.setTimeout(connectMs, () => give(null));
    socket.once('error', () => give(null));
    socket.once('connect', () => give(socket));
  });
}
