// Whether users may let their mail be forwarded, and to whom (setting delivery.userForwarding).

import { lookUpAll } from '../accounts/lookup.ts';
import { listOwnAddresses } from '../accounts/route.ts';
import { Refusal } from '../errors.ts';
import { readSettings } from '../settings/index.ts';

/** Those of the addresses (canonical) that mail may be forwarded to now. */
export async function allowForwards(addresses: readonly string[]): Promise<string[]> {
  if (addresses.length === 0) return [];
  const settings = await readSettings();
  const choice = settings['delivery.userForwarding'];
  if (choice === 'anywhere') return [...addresses];
  if (choice === 'off') return [];
  const found = await lookUpAll([...addresses], settings['smtp.recipientDelimiter']);
  return addresses.filter((_, index) => found[index]?.domain !== 'outside');
}

/** Refusal 'forbidden' where mail may not be forwarded there, 'invalid' to oneself. */
export async function requireForwarding(
  accountId: string,
  addresses: readonly string[],
): Promise<void> {
  if (addresses.length === 0) return;
  const allowed = await allowForwards(addresses);
  const own = await listOwnAddresses(accountId);
  for (const address of addresses) {
    if (!allowed.includes(address)) {
      const text = `The administrator does not let mail be forwarded to ${address}.`;
      throw new Refusal('forbidden', text, 'actions');
    }
    if (own.includes(address)) {
      throw new Refusal('invalid', `${address} is your own address.`, 'actions');
    }
  }
}
