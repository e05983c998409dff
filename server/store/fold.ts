// Case folding for SEARCH and SORT: what compares equal without case in every script (RFC 5255 §4.5 asks for
// at least i;ascii-casemap; this is Unicode's). Both sides of a comparison go through it.

/** Text without case: "STRASSE" and "Straße", "ΟΔΟΣ" and "οδος" become one; composed characters too. */
export function foldText(text: string): string {
  // Nearly everything is ASCII, where one call is enough.
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return text.normalize('NFC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

/** A text to look into: read and folded at the first look, however many keys of a search look. */
export class SearchText {
  readonly #read: () => string;
  #folded: string | null = null;

  constructor(read: () => string) {
    this.#read = read;
  }

  /** A text that is folded already. */
  static ofFolded(folded: string): SearchText {
    const text = new SearchText(() => folded);
    text.#folded = folded;
    return text;
  }

  /** `needle` is folded already; the empty one stands in every text. */
  includes(needle: string): boolean {
    if (needle === '') return true;
    this.#folded ??= foldText(this.#read());
    return this.#folded.includes(needle);
  }
}
