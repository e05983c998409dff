// Flag names on the wire and flags of the store: system flags as bits, keywords as words (RFC 3501 §2.3.2).

import { Refusal } from '#lib/errors.ts';
import { allFlags, FLAG } from '#server/store/flag-bits.ts';
import { Bad } from './wire/bad.ts';

/** Flags that may be stored: bits of FLAG, and whether keywords may. */
export type FlagMask = { flags: number; keywords: boolean };

/** Characters of a keyword, and different keywords in a mailbox (imap.md part 7, keyword flood). */
export const keywordLimitLength = 50;
export const keywordLimitPerMailbox = 200;

const bits: Record<string, number> = {
  '\\ANSWERED': FLAG.answered,
  '\\FLAGGED': FLAG.flagged,
  '\\DELETED': FLAG.deleted,
  '\\SEEN': FLAG.seen,
  '\\DRAFT': FLAG.draft,
};

const names: [number, string][] = [
  [FLAG.answered, '\\Answered'],
  [FLAG.flagged, '\\Flagged'],
  [FLAG.deleted, '\\Deleted'],
  [FLAG.seen, '\\Seen'],
  [FLAG.draft, '\\Draft'],
];

export type FlagSet = { flags: number; keywords: string[] };

/** Flags as a client wrote them. Bad for a system flag that does not exist, Refusal 'limit' for long words. */
export function readFlags(written: readonly string[]): FlagSet {
  const set: FlagSet = { flags: 0, keywords: [] };
  for (const name of written) {
    const bit = bits[name.toUpperCase()];
    if (bit !== undefined) set.flags |= bit;
    // \Recent belongs to the session, no client can change it (RFC 3501 §2.3.2); old tools still send it.
    else if (name.toUpperCase() === '\\RECENT') continue;
    else if (name.startsWith('\\')) throw new Bad(`There is no flag ${name}`);
    else if (name.length > keywordLimitLength) {
      throw new Refusal('limit', `A keyword has at most ${keywordLimitLength} characters`);
    } else if (!set.keywords.includes(name)) set.keywords.push(name);
  }
  return set;
}

/** Names of the system flags of all bits that there can be, by the bits. */
const namesOfBits = Array.from({ length: allFlags + 1 }, (_, flags) =>
  names.flatMap(([bit, name]) => ((flags & bit) !== 0 ? [name] : [])).join(' '),
);

/** flag-list for FETCH: "(\Seen $Label \Recent)". `keywords` as the store keeps them. */
export function formatFlags(flags: number, keywords: string, isRecent: boolean): string {
  const known = namesOfBits[flags & allFlags]!;
  if (!keywords && !isRecent) return `(${known})`;
  return `(${[known, keywords, isRecent ? '\\Recent' : ''].filter(Boolean).join(' ')})`;
}

/** flag-list for FLAGS: every system flag and the keywords in use; `mayCreate` adds "\\*". */
export function formatAllFlags(keywords: Iterable<string>, mayCreate: boolean): string {
  const words = [...names.map(([, name]) => name), ...keywords];
  if (mayCreate) words.push('\\*');
  return `(${words.join(' ')})`;
}

/** flag-list for PERMANENTFLAGS: what may be stored; null as `mask` stands for all of it. */
export function formatPermanentFlags(keywords: Iterable<string>, mask: FlagMask | null): string {
  if (mask === null) return formatAllFlags(keywords, true);
  const words = names.filter(([bit]) => (mask.flags & bit) !== 0).map(([, name]) => name);
  if (mask.keywords) words.push(...keywords, '\\*');
  return `(${words.join(' ')})`;
}
