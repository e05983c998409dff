// Whether an address is among the hosts that a setting names (smtp.xclientHosts, smtp.proxyHosts, log.debugPeers).
import { BlockList, isIP } from 'node:net';

let known = { text: '', list: new BlockList() };

/** `hosts`: addresses and networks in CIDR, checked by their setting. */
export function isNamedHost(hosts: readonly string[], address: string): boolean {
  const version = isIP(address);
  if (hosts.length === 0 || version === 0) return false;
  return listOf(hosts).check(address, version === 4 ? 'ipv4' : 'ipv6');
}

function listOf(hosts: readonly string[]): BlockList {
  const text = hosts.join(' ');
  if (known.text === text) return known.list;
  const list = new BlockList();
  for (const host of hosts) {
    const [address = '', bits] = host.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  known = { text, list };
  return list;
}
