// i;unicode-casemap (RFC 5051), by which SORT orders and THREAD compares (RFC 5255 §4.3, RFC 5256 §3): characters
// in title case, then taken apart (NFKD).

/** Texts are equal, or come in order, as their keys do. */
export function casemapKey(text: string): string {
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toUpperCase();
  let titled = '';
  for (const character of text) {
    const upper = character.toUpperCase();
    // Only what maps to one character: "ß" stays (RFC 5051 §2 step 2 knows no others).
    titled += upper.length <= character.length ? upper : character;
  }
  return titled.normalize('NFKD');
}
