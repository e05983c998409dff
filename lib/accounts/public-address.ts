// Which IP addresses belong to the public Internet. A name that a stranger wrote (in a message, an MX record, an account
// elsewhere) must not steer us into our own network (server-side request forgery). One list for all who ask.
import { BlockList, isIP } from 'node:net';
import { plainAddress } from './network.ts';

const closed = new BlockList();
// RFC 6890 and its registries: nothing of this is reached over the Internet.
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, and the metadata of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  closed.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['2001::', 23], // Teredo and other protocols
  ['2002::', 16], // 6to4 hides an IPv4 address
] as const) {
  closed.addSubnet(network, bits, 'ipv6');
}

const open = new BlockList();
// All that is handed out (RFC 4291 §2.4): neither loopback, local and multicast networks nor NAT64.
open.addSubnet('2000::', 3, 'ipv6');

const examples = new BlockList();
for (const network of ['192.0.2.0', '198.51.100.0', '203.0.113.0']) {
  examples.addSubnet(network, 24, 'ipv4');
}
examples.addSubnet('2001:db8::', 32, 'ipv6');
examples.addSubnet('3fff::', 20, 'ipv6');

const versions = { 4: 'ipv4', 6: 'ipv6' } as const;

/** Whether `address` is an IP address of the public Internet; mapped and translated ones are none. */
export function isPublicAddress(address: string): boolean {
  return isOutside(address) && !isExample(address);
}

/**
 * The same for mail that is sent: a mapped address counts as what it stands for, and those of documentation (RFC 5737,
 * RFC 3849) may be tried. Nothing answers there, and who tries a server out with them sees what any dead server brings.
 */
export function isPublicExchanger(address: string): boolean {
  return isOutside(plainAddress(address));
}

function isOutside(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !closed.check(address, 'ipv4');
  if (version !== 6 || address.includes('%')) return false;
  return open.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

function isExample(address: string): boolean {
  return examples.check(address, versions[isIP(address) as 4 | 6]);
}
