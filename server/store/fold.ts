// What SEARCH compares: texts without case, by i;unicode-casemap (RFC 5051), which I18NLEVEL=1 announces (RFC 5255
// §4.3): characters taken apart (NFKD), so that "cafe" stands in "Café", but "resume" not in "Résumé". Beyond it
// the full mapping of case: "STRASSE" is "Straße". Both sides of a comparison go through it; whoever changes it
// raises FACTS_VERSION, since texts are stored folded.

/** No script needs more room taken apart, but for a few characters of which only an attack is full. */
const mostGrowth = 3;
const spareLength = 1000;

/** Text without case: "STRASSE" and "Straße", "ΟΔΟΣ" and "οδος", "ﬁ" and "FI" become one. */
export function foldText(text: string): string {
  // Nearly everything is ASCII, where one call is enough.
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  const folded = text.toUpperCase().normalize('NFKD').toLowerCase().replaceAll('ς', 'σ');
  return folded.slice(0, mostGrowth * text.length + spareLength);
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
