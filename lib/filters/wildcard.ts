// "*" and "?" in a pattern that must fit the whole text. Two fingers that go back to the last "*" only: no pattern makes
// it slower than the lengths of both together multiplied, whatever it looks like.

/** Whether `pattern` ("*" = anything, "?" = one character) fits all of `text`; both as they are, no folding. */
export function fitsWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let textAt = 0;
  let star = -1;
  let starText = 0;
  while (textAt < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at++;
      starText = textAt;
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[textAt])) {
      at++;
      textAt++;
    } else if (star >= 0) {
      at = star + 1;
      textAt = ++starText;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
