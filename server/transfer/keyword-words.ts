// Keywords of other programs as IMAP can tell them (RFC 9051 §9 flag-keyword: atoms).
const maxKeywords = 100;
const maxLength = 100;

/** Keywords without what no atom may hold, each once, at most a hundred. */
export function cleanKeywords(words: string[]): string[] {
  const clean = new Map<string, string>();
  for (const word of words) {
    // System flags have bits of their own.
    if (word.startsWith('\\')) continue;
    const atom = word
      .replace(/[^\x21\x23\x24\x26\x27\x2b-\x5b\x5e-\x7a\x7c\x7e]/g, '_')
      .slice(0, maxLength);
    if (atom !== '' && !clean.has(atom.toLowerCase())) clean.set(atom.toLowerCase(), atom);
    if (clean.size === maxKeywords) break;
  }
  return [...clean.values()];
}
