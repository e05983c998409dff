// What checks know of this machine: its addresses, the public ones among them and those its name leads to, its ports.
import { networkInterfaces } from 'node:os';
import { isPublicExchanger } from '#lib/accounts/public-address.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { resolveAddresses } from '#server/dns/resolver.ts';

let pretended: string[] | null = null;

/** Tests: as if this machine had these addresses; null: its own again. */
export function pretendInterfaces(addresses: string[] | null): void {
  pretended = addresses;
}

/** Addresses of the interfaces but loopback. */
export function listInterfaces(): string[] {
  if (pretended) return pretended;
  return Object.values(networkInterfaces()).flatMap((some) =>
    (some ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  );
}

/** Public addresses of this server: those of its interfaces, which mail leaves from, and those that its name leads to. */
export async function listPublicAddresses(): Promise<string[]> {
  const named = await resolveAddresses(await serverHostname());
  const all = [...listInterfaces(), ...(named.status === 'ok' ? named.records : [])];
  return [...new Set(all.filter(isPublicExchanger))];
}
