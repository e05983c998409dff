// The messages that a header refers to (RFC 5256 §3, REFERENCES step 1): ids of References or, where it has
// none, the first of In-Reply-To; and texts as numbers, so that many of them cost little memory.
import { randomInt } from 'node:crypto';

/** The first and the nearest ones say most of a field that names thousands. */
const maxReferences = 50;

const fields = /^(references|in-reply-to)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)/gim;
const messageId = /<[^<>\s]{1,498}>/g;

/** Ids with their brackets, the oldest first; without quotes, which change nothing (RFC 5256 §3). */
export function readReferences(header: Buffer): string[] {
  const text = header.toString('latin1');
  let answered: string | undefined;
  for (const [, name, value] of text.matchAll(fields)) {
    const ids = value!.replace(/["\\]/g, '').match(messageId);
    if (!ids) continue;
    if (name!.toLowerCase() === 'references') {
      return ids.length <= maxReferences ? ids : [ids[0]!, ...ids.slice(1 - maxReferences)];
    }
    answered ??= ids[0];
  }
  return answered === undefined ? [] : [answered];
}

// A stranger who does not know them cannot find two texts of one number.
const seeds = [randomInt(2 ** 32), randomInt(2 ** 32)] as const;

/** A text as a whole number of 53 bits, for this process; 0 only for ''. */
export function hashText(text: string): number {
  if (text === '') return 0;
  let one: number = seeds[0];
  let other: number = seeds[1];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x9e3779b1);
    one ^= one >>> 15;
    other = Math.imul(other ^ code, 0x85ebca6b);
    other ^= other >>> 13;
  }
  one = Math.imul(one ^ (other >>> 16), 0xc2b2ae35);
  other = Math.imul(other ^ (one >>> 16), 0x27d4eb2f);
  return (other >>> 0) * 2 ** 21 + ((one ^ (one >>> 11)) & 0x1f_ffff) + 1;
}
