// Remote addresses as the limits of a listener count them.
import { isIPv6 } from 'node:net';

export { plainAddress } from '#lib/accounts/network.ts';

/**
 * What counts as one client for a per-address limit: an IPv4 address, or the /64 of an IPv6 address,
 * because one customer owns at least so many.
 */
export function limitKey(address: string): string {
  if (!isIPv6(address)) return address;
  const [left = '', right] = (address.split('%')[0] ?? '').split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right ? right.split(':') : [];
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
