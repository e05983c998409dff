// Case folding for SEARCH and SORT: what compares equal without case in every script (RFC 5255 §4.5 asks for
// at least i;ascii-casemap; this is Unicode's). Both sides of a comparison go through it.

/** Text without case: "STRASSE" and "Straße", "ΟΔΟΣ" and "οδος" become one; composed characters too. */
export function foldText(text: string): string {
  // Nearly everything is ASCII, where one call is enough.
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return text.normalize('NFC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}
