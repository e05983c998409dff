// Whether an address is this server's own: an MX record is written by a stranger and may lead back to ourselves.
import { networkInterfaces } from 'node:os';
import { isLoopback, plainAddress } from '#lib/accounts/network.ts';

/**
 * Whether a connection to `address` and `port` would end at this server: a public address of this machine
 * whatever the port (it may be forwarded), loopback only with our own port.
 */
export function isOwnAddress(address: string, port: number, ownPort: number): boolean {
  const plain = plainAddress(address).toLowerCase();
  if (isLoopback(plain)) return port === ownPort;
  return Object.values(networkInterfaces()).some((list) =>
    list?.some((entry) => plainAddress(entry.address).toLowerCase() === plain),
  );
}
