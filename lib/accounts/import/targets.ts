// The right side of aliases(5) and virtual(5): addresses with commas or blanks between them. What would run a
// program, write a file or read one is refused, whatever its quotes. Pure.
import { canonicalAddress } from '../../mail/address.ts';
import { qualify, Reason } from './lines.ts';

const maxTargets = 500;

/** Canonical addresses, names without a domain in `domain`. */
export function readTargets(text: string, domain: string): string[] | Reason {
  const targets: string[] = [];
  for (const word of splitTargets(text)) {
    const bare = word.replace(/^"(.*)"$/s, '$1').replace(/^\\/, '');
    if (bare.startsWith('|')) return new Reason('A pipe to a program is not taken over.');
    if (bare.startsWith('/')) return new Reason('Delivery to a file is not taken over.');
    if (/^:include:/i.test(bare)) {
      return new Reason('An :include: list is not taken over; put its addresses here.');
    }
    const whole = qualify(word, domain);
    if (whole === null) return new Reason(`${word} has no domain; say which one to add.`);
    const address = canonicalAddress(whole);
    if (!address) return new Reason(`${word.slice(0, 100)} is not an address.`);
    targets.push(address);
  }
  if (targets.length === 0) return new Reason('There is no target.');
  if (targets.length > maxTargets) return new Reason(`There are more than ${maxTargets} targets.`);
  return [...new Set(targets)];
}

/** Commas and blanks part, but not within quotes. A quote that nobody ends goes to the end: linear. */
function splitTargets(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\(?:.|$))*(?:"|$)|[^\s,"])+/gs) ?? [];
}
