// Text as it is compared while somebody types: "Łukasz Müller" is found by "lukasz mu". Pure.

/** Lower case, without accents; at most 1,000 characters are looked at. */
export function foldText(text: string): string {
  const plain = text.slice(0, 1000);
  // Most of it is ASCII, and normalizing costs ten times as much.
  if (/^[\u0000-\u007f]*$/.test(plain)) return plain.toLowerCase();
  return plain
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[łøđıßæœ]/g, (letter) => plainLetters[letter] ?? letter);
}

/** Letters that Unicode does not take apart. */
const plainLetters: Record<string, string> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ı: 'i',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
};

/** The words of a search, folded; at most 8. */
export function foldWords(text: string): string[] {
  return foldText(text)
    .split(/[\s,;<>"()]+/)
    .filter((word) => word !== '')
    .slice(0, 8);
}

/**
 * How well a word fits a folded text: 3 at its beginning, 2 at the beginning of a word in it, 1 anywhere (from three
 * letters on), 0 not at all.
 */
export function rankWord(text: string, word: string): 0 | 1 | 2 | 3 {
  let at = text.indexOf(word);
  if (at < 0) return 0;
  if (at === 0) return 3;
  for (let looks = 0; at > 0 && looks < 20; looks++) {
    if (/[\s.@_+,"'(-]/.test(text[at - 1] ?? '')) return 2;
    at = text.indexOf(word, at + 1);
  }
  return word.length > 2 ? 1 : 0;
}
