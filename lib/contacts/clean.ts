// Text of strangers (files, cards, forms) before it is stored. Pure.

/** One line without control, direction and line-breaking characters, at most `max` characters. */
export function cleanLine(text: string, max: number): string {
  return text
    .slice(0, max * 4)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, max)
    .toWellFormed();
}

/** Text of several lines, at most `max` characters. */
export function cleanText(text: string, max: number): string {
  return text
    .slice(0, max * 2)
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .trim()
    .slice(0, max)
    .toWellFormed();
}
