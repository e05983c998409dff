// A line of a table for spreadsheets (CSV, RFC 4180). Pure.

/** Cells with commas between them, CRLF behind. */
export function writeCsvLine(cells: readonly string[]): string {
  return `${cells.map(writeCsvCell).join(',')}\r\n`;
}

/** Spreadsheets calculate what begins with = + - @: an apostrophe keeps them from it. */
function writeCsvCell(text: string): string {
  const isPhone = /^\+[\d\s()/-]*$/.test(text);
  const safe = /^[=+\-@\t\r\n]/.test(text) && !isPhone ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
