// The rows of one table in a database export: INSERT statements of MySQL, SQLite and PostgreSQL, and COPY … FROM stdin
// of pg_dump. Pure; nothing is run. Limits: 200,000 rows, 50 columns; strings only.

const maxRows = 200_000;
const maxColumns = 50;

/** Rows by column name, lower case; `columns` are the names where a statement says none. */
export function* readSqlRows(
  text: string,
  table: string,
  columns: readonly string[],
): Generator<Map<string, string>> {
  const name = `(?:[\\w"\`]{1,100}\\.)?["\`]?${table}["\`]?`;
  const list = '(?:\\(([^()]{1,2000})\\))?';
  const pattern = new RegExp(
    `^[ \\t]*(?:INSERT\\s+INTO\\s+${name}\\s*${list}\\s*VALUES\\s*|COPY\\s+${name}\\s*${list}\\s*FROM\\s+stdin;[^\\n]*\\n)`,
    'gim',
  );
  let count = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const isCopy = /^\s*COPY/i.test(match[0]);
    const names = (match[1] ?? match[2])?.split(',').map(plainName) ?? columns;
    const rows = isCopy ? readCopy(text, pattern.lastIndex) : readTuples(text, pattern.lastIndex);
    for (const { cells, end } of rows) {
      if (++count > maxRows) return;
      pattern.lastIndex = end;
      yield new Map(names.slice(0, maxColumns).map((column, i) => [column, cells[i] ?? '']));
    }
  }
}

function plainName(text: string): string {
  return text.replace(/["`\s]/g, '').toLowerCase();
}

type Row = { cells: string[]; end: number };

/** ('a', 'b'), (1, NULL); */
function* readTuples(text: string, start: number): Generator<Row> {
  let at = start;
  for (;;) {
    at = skipSpace(text, at);
    if (text[at] !== '(') return;
    const row = readTuple(text, at + 1);
    if (!row) return;
    yield row;
    at = skipSpace(text, row.end);
    if (text[at] !== ',') return;
    at++;
  }
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text[at] ?? '')) at++;
  return at;
}

function readTuple(text: string, start: number): Row | null {
  const cells: string[] = [];
  let at = start;
  while (cells.length < maxColumns) {
    at = skipSpace(text, at);
    // E'…' of PostgreSQL, N'…' of others
    if (/[eEnN]/.test(text[at] ?? '') && text[at + 1] === "'") at++;
    const cell = text[at] === "'" ? readString(text, at + 1) : readBare(text, at);
    if (!cell) return null;
    cells.push(cell.text);
    at = skipSpace(text, cell.end);
    if (text[at] === ')') return { cells, end: at + 1 };
    if (text[at] !== ',') return null;
    at++;
  }
  return null;
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '', Z: '' };

function readString(text: string, start: number): { text: string; end: number } | null {
  const pieces: string[] = [];
  let from = start;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') {
      const letter = text[at + 1] ?? '';
      pieces.push(text.slice(from, at), escapes[letter] ?? letter);
      from = ++at + 1;
    } else if (text[at] === "'") {
      pieces.push(text.slice(from, at));
      if (text[at + 1] !== "'") return { text: pieces.join(''), end: at + 1 };
      pieces.push("'");
      from = ++at + 1;
    }
  }
  return null;
}

function readBare(text: string, start: number): { text: string; end: number } | null {
  const match = /^[\w.+-]{1,60}/.exec(text.slice(start, start + 60));
  if (!match) return null;
  return { text: /^null$/i.test(match[0]) ? '' : match[0], end: start + match[0].length };
}

/** Lines with tabs between the cells, until "\." */
function* readCopy(text: string, start: number): Generator<Row> {
  let at = start;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    const line = text.slice(at, stop).replace(/\r$/, '');
    at = stop + 1;
    if (line === '\\.') return;
    const cells = line
      .split('\t')
      .map((cell) =>
        cell === '\\N'
          ? ''
          : cell.replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter),
      );
    yield { cells, end: at };
  }
}
