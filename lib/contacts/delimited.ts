// Delimited text (RFC 4180 with any delimiter): rows of cells, quotes undone. Pure. Limits: 20,001 rows, 200 cells a
// row; a quote that never ends takes the rest of the text, as it must.

const maxRows = 20_001;
const maxCells = 200;

/** The rows of a text, those without any text left out. */
export function readRows(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  const endRow = () => {
    if (row.some((cell) => cell.trim() !== '')) rows.push(row);
    row = [];
  };
  while (at < text.length && rows.length < maxRows) {
    const cell = readCell(text, at, delimiter);
    if (row.length < maxCells) row.push(cell.text);
    at = cell.end;
    if (text[at] === delimiter) at++;
    else {
      if (text[at] === '\r') at++;
      if (text[at] === '\n') at++;
      endRow();
    }
  }
  endRow();
  return rows;
}

function readCell(text: string, start: number, delimiter: string): { text: string; end: number } {
  if (text[start] !== '"') {
    const end = findEnd(text, start, delimiter);
    return { text: text.slice(start, end), end };
  }
  const pieces: string[] = [];
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    pieces.push(text.slice(at, quote < 0 ? text.length : quote));
    if (quote < 0) return { text: pieces.join(''), end: text.length };
    if (text[quote + 1] !== '"') {
      // What stands behind the closing quote belongs to nobody.
      return { text: pieces.join(''), end: findEnd(text, quote + 1, delimiter) };
    }
    pieces.push('"');
    at = quote + 2;
  }
}

function findEnd(text: string, start: number, delimiter: string): number {
  let at = start;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

/** The delimiter of a table, by its first line. */
export function guessDelimiter(text: string): string {
  const line = text.slice(0, 20_000).split(/\r|\n/, 1)[0] ?? '';
  const count = (delimiter: string) => line.split(delimiter).length;
  return [',', ';', '\t', '|'].reduce((best, each) => (count(each) > count(best) ? each : best));
}
