// Keywords of a message: atoms without meaning to the server, compared without case, kept as they were
// first written (RFC 9051 §2.3.2). In the row: sorted, one space between.
import { Refusal } from '#lib/errors.ts';

const maxKeywords = 100;
const maxKeywordBytes = 100;
// RFC 9051 §9 flag-keyword: an atom.
const atom = /^[\x21\x23\x24\x26\x27\x2b-\x5b\x5e-\x7a\x7c\x7e]+$/;

/** The words of a row. */
export function splitKeywords(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}

/** One text of a list of words. Refusal 'invalid' for what is no atom, 'limit' for too many. */
export function joinKeywords(words: Iterable<string>): string {
  const known = new Map<string, string>();
  for (const word of words) {
    if (!atom.test(word) || word.length > maxKeywordBytes) {
      throw new Refusal('invalid', 'A keyword is an atom of at most 100 characters.');
    }
    if (!known.has(word.toLowerCase())) known.set(word.toLowerCase(), word);
  }
  if (known.size > maxKeywords) {
    throw new Refusal('limit', `A message has at most ${maxKeywords} keywords.`);
  }
  return [...known.values()].sort().join(' ');
}

/** True where the row's text has the word. */
export function hasKeyword(text: string, word: string): boolean {
  if (text === '') return false;
  return ` ${text.toLowerCase()} `.includes(` ${word.toLowerCase()} `);
}
