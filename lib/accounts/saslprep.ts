// SASLprep (RFC 4013), the form in which SCRAM hashes names and passwords: two keyboards that make the same
// letters of different code points sign in alike. Unassigned code points are let pass (RFC 3454 §7 "queries"):
// the tables are of Unicode 3.2, and people use the emoji of today.

// RFC 3454 tables B.1 (nothing) and C.1.2 (a space).
// biome-ignore lint/suspicious/noMisleadingCharacterClass: a list of code points, not of letters
const nothing = /[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]/gu;
const spaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
// Tables C.2 to C.9: controls, private use, what is no character, surrogates, marks of direction, tags.
const prohibited =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: a list of code points, not of letters
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u06dd\u070f\u180e\u200c-\u200f\u2028-\u202e\u2060-\u2063\u206a-\u206f\u2ff0-\u2ffb\u0340\u0341\ufeff\ufff9-\ufffd\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;
// Table D.1, what is written from the right; D.2 comes near to all other letters.
const fromRight =
  /[\u05be\u05c0\u05c3\u05d0-\u05ea\u05f0-\u05f4\u061b\u061f\u0621-\u063a\u0640-\u064a\u066d-\u066f\u0671-\u06d5\u06dd\u06e5\u06e6\u06fa-\u06fe\u0700-\u070d\u0710\u0712-\u072c\u0780-\u07a5\u07b1\u200f\ufb1d\ufb1f-\ufb28\ufb2a-\ufb36\ufb38-\ufb3c\ufb3e\ufb40\ufb41\ufb43\ufb44\ufb46-\ufbb1\ufbd3-\ufd3d\ufd50-\ufd8f\ufd92-\ufdc7\ufdf0-\ufdfc\ufe70-\ufe74\ufe76-\ufefc]/u;

/** `text` prepared, or null for what must not be: empty, or with prohibited characters. */
export function prepare(text: string): string | null {
  // RFC 4013 §2.1: the zero width space is in both tables; it becomes nothing, as RFC 3454 §3.1 is first.
  const prepared = text.replace(nothing, '').replace(spaces, ' ').normalize('NFKC');
  if (prepared === '' || prohibited.test(prepared)) return null;
  return isOneDirection([...prepared]) ? prepared : null;
}

/** RFC 3454 §6: text from the right has no letters from the left, and begins and ends so. */
function isOneDirection(characters: string[]): boolean {
  if (!characters.some((character) => fromRight.test(character))) return true;
  const isMixed = characters.some(
    (character) => /\p{L}/u.test(character) && !fromRight.test(character),
  );
  return !isMixed && fromRight.test(characters[0] ?? '') && fromRight.test(characters.at(-1) ?? '');
}
