// The name of a client's address, for the trace header and the check of it. It proves nothing: whoever owns
// the address may publish any name, so it counts only when the name leads back to the address (RFC 1912 §2.1).
import { BlockList, isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveAddresses, resolvePtr } from '#server/dns/resolver.ts';

/** A name is nice to have; no mail waits longer for it. */
const waitMs = 3000;
const maxNames = 3;

export type ReverseName =
  | { status: 'ok'; name: string }
  | { status: 'none' }
  | { status: 'failed'; text: string };

/** The confirmed name of `remote`, or null. Never rejects. */
export async function findReverseName(remote: string): Promise<string | null> {
  const found = await lookUpReverseName(remote).catch(() => null);
  return found?.status === 'ok' ? found.name : null;
}

/** The same, with why there is none; 'failed' where the DNS does not say now. */
export function lookUpReverseName(remote: string): Promise<ReverseName> {
  const late = { status: 'failed', text: 'no answer in time' } as const;
  return Promise.race([lookUp(remote), sleep(waitMs, late, { ref: false })]);
}

async function lookUp(remote: string): Promise<ReverseName> {
  const names = await resolvePtr(remote);
  if (names.status !== 'ok') return names;
  let failed: ReverseName | null = null;
  for (const name of names.records.slice(0, maxNames)) {
    const addresses = await resolveAddresses(name);
    if (addresses.status === 'failed') failed = addresses;
    if (addresses.status === 'ok' && includes(addresses.records, remote)) {
      return { status: 'ok', name };
    }
  }
  return failed ?? { status: 'none' };
}

/** IPv6 addresses have many spellings, so they are compared as numbers. */
function includes(addresses: string[], remote: string): boolean {
  const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
  const list = new BlockList();
  list.addAddress(remote, familyOf(remote));
  return addresses.some((address) => list.check(address, familyOf(address)));
}
