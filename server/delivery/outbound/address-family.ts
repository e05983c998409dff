// Which of a host's addresses are tried, and which first: an own line or reputation may be better in one family.
import { isIP } from 'node:net';
import type { AddressFamily } from '#lib/queue/relay-rule.ts';

/** The addresses in the order to try them; empty where the host has none of the only family. */
export function orderByFamily(addresses: string[], family: AddressFamily): string[] {
  const version = family.startsWith('ipv4') ? 4 : 6;
  const first = addresses.filter((address) => isIP(address) === version);
  if (family.endsWith('-only')) return first;
  return [...first, ...addresses.filter((address) => isIP(address) !== version)];
}

/** Why a host with addresses has none to try. */
export function describeFamily(host: string, family: AddressFamily): string {
  const name = family.startsWith('ipv4') ? 'IPv4' : 'IPv6';
  return `${host} has no ${name} address, and mail goes by ${name} only`;
}
