// /etc/aliases (aliases(5)): "name: target, target". Pure.
import { canonicalAddress } from '../../mail/address.ts';
import {
  collect,
  type Pair,
  type Parsed,
  type Problem,
  qualify,
  Reason,
  readLines,
} from './lines.ts';
import { readTargets } from './targets.ts';

export type AliasEntry = { address: string; targets: string[] };

/** Names without a domain get `domain`. */
export function parseAliases(text: string, domain: string): Parsed<AliasEntry> {
  const pairs: Pair[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { line, text: row } of readLines(text)) {
    const [, quoted, plain, value = ''] = /^(?:"([^"]*)"|([^\s:"]+))\s*:\s*(.*)$/s.exec(row) ?? [];
    const key = (quoted ?? plain ?? '').toLowerCase();
    if (key === '') problems.push({ line, reason: 'This line is not "name: target".' });
    else if (seen.has(key)) problems.push({ line, reason: `${key} stands above already.` });
    else {
      seen.add(key);
      pairs.push({ line, key, value });
    }
  }
  return collect(pairs, problems, ({ key, value }) => {
    if (/^owner-/.test(key))
      return new Reason('The sender of bounces of a list is not taken over.');
    const whole = qualify(key, domain);
    if (whole === null) return new Reason(`${key} has no domain; say which one to add.`);
    const address = canonicalAddress(whole);
    if (!address) return new Reason(`${key.slice(0, 100)} is not a name for an alias.`);
    const targets = readTargets(value, domain);
    if (targets instanceof Reason) return targets;
    if (targets.length === 1 && targets[0] === address) {
      return new Reason('It leads to itself: this is a user and needs no alias.');
    }
    return { address, targets };
  });
}
