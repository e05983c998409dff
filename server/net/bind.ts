// On which address the listeners listen: DREY_BIND, else the setting server.bind.
import { createServer } from 'node:net';
import { bindAddress } from '#lib/env.ts';
import { readSetting } from '#lib/settings/index.ts';

/** Host for listen(): "loopback" and "all" may stand in either place, or an address. */
export async function listenHost(): Promise<string> {
  const wanted = bindAddress() ?? (await readSetting('server.bind'));
  if (wanted === 'loopback') return '127.0.0.1';
  if (wanted === 'all') return (await hasIpv6()) ? '::' : '0.0.0.0';
  return wanted;
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
