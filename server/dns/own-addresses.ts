// The addresses under which the Internet knows this server: those of its machine, else those of its host name (behind
// a router that translates).
import { networkInterfaces } from 'node:os';
import { isPublicAddress } from '#lib/accounts/public-address.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { resolveAddresses } from './resolver.ts';

/** Those of this machine that others can reach. */
export function listOwnAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((some) =>
    (some ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  );
}

/** Public addresses of this server; empty where it has none that is known. */
export async function findPublicAddresses(): Promise<string[]> {
  const own = listOwnAddresses().filter(isPublicAddress);
  if (own.length > 0) return own;
  const named = await resolveAddresses(await serverHostname());
  return named.status === 'ok' ? named.records.filter(isPublicAddress) : [];
}
