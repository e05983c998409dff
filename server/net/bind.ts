// From the places of a listener to the addresses that the system can open.
import { createServer, isIP } from 'node:net';
import { bindAddress, type ListenerName } from '#lib/env.ts';
import { readSettings } from '#lib/settings/index.ts';
import { listWanted, type WantedPlace } from '#lib/settings/wanted.ts';

/** What listen() takes. */
export type Address = { host: string; port: number; isV6Alone: boolean } | { path: string };

/** As the setting listeners.family has it. */
export type Family = 'all' | 'ipv4' | 'ipv6';

/** The address of `place`; null where the family shuts it out. */
export async function findAddress(place: WantedPlace, family: Family): Promise<Address | null> {
  if ('path' in place) return place;
  const { host, port, isFixed } = place;
  if (host === 'loopback') {
    return { host: family === 'ipv6' && !isFixed ? '::1' : '127.0.0.1', port, isV6Alone: false };
  }
  if (host === 'all') {
    const isIpv4 = (family === 'ipv4' && !isFixed) || !(await hasIpv6());
    const isV6Alone = family === 'ipv6' && !isFixed && !isIpv4;
    return { host: isIpv4 ? '0.0.0.0' : '::', port, isV6Alone };
  }
  const isShutOut = family === (isIP(host) === 6 ? 'ipv4' : 'ipv6');
  return isShutOut && !isFixed ? null : { host, port, isV6Alone: false };
}

/** Host for listen() of a port that has no address of its own: DREY_BIND, else the setting server.bind. */
export async function listenHost(): Promise<string> {
  const settings = await readSettings();
  const bind = bindAddress();
  const place = { host: bind ?? settings['server.bind'], port: 0, isFixed: bind !== null };
  const address = await findAddress(place, settings['listeners.family']);
  return address && 'host' in address ? address.host : '127.0.0.1';
}

/** Where `name` is to listen, the first place; null where it is off, or a socket file. Also without a daemon. */
export async function findListenPlace(
  name: ListenerName,
): Promise<{ host: string; port: number } | null> {
  const settings = await readSettings();
  for (const place of listWanted(name, settings).places) {
    const address = await findAddress(place, settings['listeners.family']);
    if (address && 'host' in address) return address;
  }
  return null;
}

/** One text an address: "192.0.2.1:25", "[::]:25", "/run/drey/lmtp". */
export function writeAddress(address: Address): string {
  if ('path' in address) return address.path;
  const { host, port, isV6Alone } = address;
  return `${host.includes(':') ? `[${host}]` : host}:${port}${isV6Alone ? ' (IPv6)' : ''}`;
}

/** Whether a connection could be meant for both. */
export function isOverlapping(one: Address, other: Address): boolean {
  if ('path' in one || 'path' in other)
    return 'path' in one && 'path' in other && one.path === other.path;
  if (one.port !== other.port) return false;
  return one.host === other.host || covers(one, other.host) || covers(other, one.host);
}

function covers(address: Exclude<Address, { path: string }>, host: string): boolean {
  if (address.host === '0.0.0.0') return isIP(host) === 4 || host === '::';
  if (address.host === '::') return isIP(host) === 6 || !address.isV6Alone;
  return false;
}

/** Where this machine itself reaches what listens at `host`. */
export function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

let ipv6: Promise<boolean> | null = null;

/** Whether "::" can be bound here; a container or kernel without IPv6 says EAFNOSUPPORT. Asked once. */
function hasIpv6(): Promise<boolean> {
  ipv6 ??= new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '::', port: 0 }, () => probe.close(() => resolve(true)));
  });
  return ipv6;
}
