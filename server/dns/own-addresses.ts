// The addresses of this server: those of its machine, and under which the Internet knows it. One answer for the doctor, the hourly
// look at block lists and the records of domains.
import { networkInterfaces } from 'node:os';
import { isPublicExchanger } from '#lib/accounts/public-address.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { resolveAddresses } from './resolver.ts';

let pretended: string[] | null = null;

/** Tests: as if this machine had these addresses; null: its own again. */
export function pretendInterfaces(addresses: string[] | null): void {
  pretended = addresses;
}

/** Those of the interfaces but loopback. */
export function listOwnAddresses(): string[] {
  if (pretended) return pretended;
  return Object.values(networkInterfaces()).flatMap((some) =>
    (some ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  );
}

/**
 * Public addresses of this server: those of its interfaces, which mail leaves from, and those that its name leads to (behind a
 * router that translates). Empty where it has none that is known.
 */
export async function listPublicAddresses(): Promise<string[]> {
  const named = await resolveAddresses(await serverHostname());
  const all = [...listOwnAddresses(), ...(named.status === 'ok' ? named.records : [])];
  return [...new Set(all.filter(isPublicExchanger))];
}
