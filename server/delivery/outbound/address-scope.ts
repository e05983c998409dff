// Which IP addresses an outside name may steer us to. An MX record is written by a stranger: without this
// wall it could point into our own network (server-side request forgery) or back to ourselves.
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isLoopback, plainAddress } from '#lib/accounts/network.ts';

const notPublic = new BlockList();
// RFC 6890 and its registries: nothing of this is reached over the Internet.
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 96], // unspecified, loopback, IPv4-compatible
  ['64:ff9b::', 96], // NAT64: hides an IPv4 address
  ['64:ff9b:1::', 48],
  ['2002::', 16], // 6to4: the same
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv6');
}

/** Whether `address` is an IP address of the public Internet. */
export function isPublicAddress(address: string): boolean {
  const plain = plainAddress(address);
  const version = isIP(plain);
  if (version === 0) return false;
  // A mapped address in hexadecimal, "::ffff:7f00:1", is none that a DNS has reason to give.
  if (version === 6 && /^(0*:)*:?ffff:/i.test(plain)) return false;
  return !notPublic.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}

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
