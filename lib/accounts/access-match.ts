// Whether a pattern of an access rule fits (access-pattern.ts says what each means). Pure; what a rule needs
// to be compared is prepared once and kept as long as the rule.
import { BlockList, isIP } from 'node:net';
import { splitAddress, stripDetail } from '../mail/address.ts';
import { isNetworkPattern } from './access-pattern.ts';
import type { AccessRule } from './access-rule.ts';
import { parseCidr } from './network.ts';

const networks = new WeakMap<AccessRule, BlockList>();

/** Whether the client's address is in the rule's network; null where the rule has a name instead. */
export function fitsAddress(rule: AccessRule, remote: string): boolean | null {
  if (!isNetworkPattern(rule.pattern)) return null;
  const list = networks.get(rule) ?? readNetwork(rule);
  const version = isIP(remote);
  return version !== 0 && list.check(remote, version === 4 ? 'ipv4' : 'ipv6');
}

function readNetwork(rule: AccessRule): BlockList {
  const list = new BlockList();
  const { address, bits, family } = parseCidr(rule.pattern);
  list.addSubnet(address, bits, family);
  networks.set(rule, list);
  return list;
}

/** Whether a host name, lower case or not, fits. */
export function fitsHost(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  const name = host.toLowerCase().replace(/\.$/, '');
  if (pattern.startsWith('*.')) return name.endsWith(pattern.slice(1));
  if (pattern.startsWith('.')) return name === pattern.slice(1) || name.endsWith(pattern);
  return name === pattern;
}

/** The spellings of a canonical address that a pattern may name: itself, and without its detail. */
export function listSpellings(address: string, delimiter: string): string[] {
  const { local, domain } = splitAddress(address);
  const { base } = stripDetail(local, delimiter);
  return base === local ? [address] : [address, `${base}@${domain}`];
}

/** Whether one of the spellings of an address fits; '' is the null sender. */
export function fitsMailAddress(pattern: string, spellings: string[]): boolean {
  if (pattern === '*') return true;
  if (pattern === '<>') return spellings[0] === '';
  const domain = (spellings[0] ?? '').split('@').pop() ?? '';
  if (pattern.startsWith('@')) return domain === pattern.slice(1);
  if (pattern.startsWith('.')) return fitsHost(pattern, domain);
  if (!pattern.endsWith('@')) return spellings.includes(pattern);
  return spellings.some((spelling) => spelling.startsWith(pattern) && isWhole(spelling, pattern));
}

/** Whether what `pattern` cuts off is the whole domain: a quoted local part may have an "@" too. */
function isWhole(spelling: string, pattern: string): boolean {
  return spelling.lastIndexOf('@') === pattern.length - 1;
}
