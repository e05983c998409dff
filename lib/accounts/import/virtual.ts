// virtual(5): "address targets", "@domain target" (catch-all), "@domain @other" (alias domain), and "domain
// anything", which only says that the domain is one of these. Pure.
import { canonicalAddress, toAsciiDomain } from '../../mail/address.ts';
import { collect, type Parsed, qualify, Reason, readPairs } from './lines.ts';
import { readTargets } from './targets.ts';

export type VirtualEntry =
  | { kind: 'domain'; name: string }
  | { kind: 'alias-domain'; name: string; aliasOf: string }
  | { kind: 'alias'; address: string; targets: string[] };

/** Names without a domain get `domain`. */
export function parseVirtual(text: string, domain: string): Parsed<VirtualEntry> {
  const { pairs, problems } = readPairs(text);
  return collect<VirtualEntry>(pairs, problems, ({ key, value }) => {
    if (!key.includes('@') && key.includes('.')) {
      const name = toAsciiDomain(key);
      return name ? { kind: 'domain', name } : new Reason(`${key} is not a domain.`);
    }
    if (key.startsWith('@')) return readWhole(key, value, domain);
    const whole = qualify(key, domain);
    if (whole === null) return new Reason(`${key} has no domain; say which one to add.`);
    const address = canonicalAddress(whole);
    if (!address) return new Reason(`${key.slice(0, 100)} is not an address.`);
    return readAlias(address, value, domain);
  });
}

function readWhole(key: string, value: string, domain: string): VirtualEntry | Reason {
  const name = toAsciiDomain(key.slice(1));
  if (!name) return new Reason(`${key} is not a domain.`);
  if (!/^@[^\s,]+$/.test(value)) return readAlias(`@${name}`, value, domain);
  const aliasOf = toAsciiDomain(value.slice(1));
  if (!aliasOf) return new Reason(`${value} is not a domain.`);
  return { kind: 'alias-domain', name, aliasOf };
}

function readAlias(address: string, value: string, domain: string): VirtualEntry | Reason {
  const targets = readTargets(value, domain);
  if (targets instanceof Reason) return targets;
  if (targets.length === 1 && targets[0] === address) {
    return new Reason('It leads to itself: this is a user and needs no alias.');
  }
  return { kind: 'alias', address, targets };
}
