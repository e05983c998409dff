// The grammar of the search box, for the server and for pages alike: words, "phrases", operators (from: to: in: …),
// a minus or NOT in front, OR between two, parentheses. Pure. What is no operator is a word; nothing a person types is
// an error. OR binds closer than a blank: `from:ann OR from:ben nuts` is (ann or ben) and nuts.

export const searchFields = [
  'text',
  'from',
  'to',
  'cc',
  'bcc',
  'subject',
  'body',
  'list',
  'has',
  'is',
  'before',
  'after',
  'on',
  'larger',
  'smaller',
  'in',
  'label',
] as const;
export type SearchField = (typeof searchFields)[number];

export type SearchTerm = { kind: 'term'; field: SearchField; value: string };
export type SearchNode =
  | { kind: 'and' | 'or'; items: SearchNode[] }
  | { kind: 'not'; item: SearchNode }
  | SearchTerm;

/** One of the things that must all be true, and how it was written. */
export type SearchPart = { text: string; node: SearchNode };

export const maxQueryLength = 1000;
const maxTerms = 60;
const maxDepth = 8;

/** What may stand behind is: */
export const searchStates = [
  'unread',
  'read',
  'starred',
  'unstarred',
  'answered',
  'unanswered',
  'forwarded',
  'draft',
  'muted',
] as const;
export type SearchState = (typeof searchStates)[number];

const sameState: Record<string, SearchState> = {
  seen: 'read',
  unseen: 'unread',
  flagged: 'starred',
  unflagged: 'unstarred',
  replied: 'answered',
};
const sameField: Record<string, SearchField> = {
  since: 'after',
  newer: 'after',
  older: 'before',
  tag: 'label',
  keyword: 'label',
  folder: 'in',
  date: 'on',
};
const units = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const days = { d: 1, w: 7, m: 30, y: 365 };

type Reader = { text: string; at: number; terms: number };

/** The parts of a search text, all of which must be true. */
export function parseQuery(text: string): SearchPart[] {
  // CR, LF and NUL can stand in no search string (RFC 9051 §9).
  const line = text.slice(0, maxQueryLength).replace(/[\u0000-\u001f\u007f]+/g, ' ');
  return readParts({ text: line.toWellFormed(), at: 0, terms: 0 }, 0);
}

/** All of a search text as one; null where there is nothing to look for. */
export function joinParts(parts: readonly SearchPart[]): SearchNode | null {
  if (parts.length === 0) return null;
  return parts.length === 1
    ? parts[0]!.node
    : { kind: 'and', items: parts.map((each) => each.node) };
}

function readParts(reader: Reader, depth: number): SearchPart[] {
  const parts: SearchPart[] = [];
  for (;;) {
    skipBlanks(reader);
    if (isAtEnd(reader, depth) || reader.terms >= maxTerms) return parts;
    const start = reader.at;
    const items: SearchNode[] = [];
    do {
      const item = readItem(reader, depth);
      if (item) items.push(item);
    } while (tryWord(reader, 'OR', depth));
    const text = reader.text.slice(start, reader.at).trim();
    if (items.length > 0)
      parts.push({ text, node: items.length === 1 ? items[0]! : { kind: 'or', items } });
  }
}

function readItem(reader: Reader, depth: number): SearchNode | null {
  skipBlanks(reader);
  if (isAtEnd(reader, depth)) return null;
  if (tryWord(reader, 'AND', depth)) return readItem(reader, depth);
  const rest = reader.text.slice(reader.at);
  const minus = /^-(?=[^\s-])/.exec(rest) ?? /^NOT\s+(?=\S)/.exec(rest);
  if (minus) {
    reader.at += minus[0].length;
    const item = readItem(reader, depth);
    return item && { kind: 'not', item };
  }
  if (rest[0] === '(' && depth < maxDepth && hasEnd(rest)) {
    reader.at++;
    const group = joinParts(readParts(reader, depth + 1));
    skipBlanks(reader);
    if (reader.text[reader.at] === ')') reader.at++;
    return group;
  }
  return readTerm(reader, depth);
}

/** A closing parenthesis for the opening one it begins with, outside of quotes. */
function hasEnd(text: string): boolean {
  let open = 0;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === '(') open++;
    if (character === ')' && --open === 0) return true;
  }
  return false;
}

function readTerm(reader: Reader, depth: number): SearchTerm | null {
  const word = depth > 0 ? '[^\\s")]+' : '\\S+';
  const pattern = new RegExp(`(?:([a-z]+):)?(?:"([^"]*)"?|(${word}))?`, 'iuy');
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  const [whole = '', operator, phrase, plain] = match ?? [];
  // What cannot be read (a stray sign) is passed over.
  reader.at += Math.max(whole.length, 1);
  if (whole === '') return null;
  reader.terms++;
  const value = (phrase ?? plain ?? '').trim();
  const term = operator === undefined ? null : makeTerm(operator.toLowerCase(), value);
  if (term) return term;
  const text = operator === undefined ? value : whole.replaceAll('"', '').trim();
  return text === '' ? null : { kind: 'term', field: 'text', value: text };
}

/** The term of an operator, or null where it is none or its value makes no sense. */
function makeTerm(operator: string, value: string): SearchTerm | null {
  const field = Object.hasOwn(sameField, operator)
    ? sameField[operator]!
    : searchFields.find((each) => each === operator && each !== 'text');
  if (!field || value === '') return null;
  const read = readValue(field, value);
  return read === null ? null : { kind: 'term', field, value: read };
}

function readValue(field: SearchField, value: string): string | null {
  const lower = value.toLowerCase();
  switch (field) {
    case 'has':
      return /^attachments?$/.test(lower) ? 'attachment' : null;
    case 'is': {
      const state = Object.hasOwn(sameState, lower) ? sameState[lower] : lower;
      return searchStates.find((each) => each === state) ?? null;
    }
    case 'before':
    case 'after':
    case 'on':
      return readMoment(value) ? lower : null;
    case 'larger':
    case 'smaller':
      return readSize(value) === null ? null : value;
    default:
      return value;
  }
}

export type Moment =
  | { kind: 'day'; year: number; month: number; day: number }
  | { kind: 'ago'; days: number };

/** A day (2026-01-31, with slashes too) or a time ago (today, yesterday, 7d, 2w, 3m, 1y); null for neither. */
export function readMoment(text: string): Moment | null {
  const lower = text.toLowerCase();
  if (lower === 'today') return { kind: 'ago', days: 0 };
  if (lower === 'yesterday') return { kind: 'ago', days: 1 };
  const ago = /^(\d{1,4})([dwmy])$/.exec(lower);
  if (ago) return { kind: 'ago', days: Number(ago[1]) * days[ago[2] as keyof typeof days] };
  const match = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(lower);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return { kind: 'day', year, month, day };
}

/** Bytes of "200", "10k", "5M", "1.5MB", or null. */
export function readSize(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s*([kmg]?)b?$/i.exec(text);
  if (!match) return null;
  const bytes = Math.round(Number(match[1]) * units[match[2]!.toLowerCase() as keyof typeof units]);
  return bytes <= 0xffffffff ? bytes : null;
}

/** A term as it is written; the value in quotes where it has to be. */
export function formatTerm(field: SearchField, value: string): string {
  const clean = value.replaceAll('"', ' ').trim();
  const isPlain =
    /^[^\s"()-][^\s"()]*$/.test(clean) &&
    (field !== 'text' || !/^[a-z]+:|^(OR|AND|NOT)$/.test(clean));
  const text = isPlain ? clean : `"${clean}"`;
  return field === 'text' ? text : `${field}:${text}`;
}

/** The text without one of its parts. */
export function withoutPart(parts: readonly SearchPart[], index: number): string {
  return parts
    .filter((_, at) => at !== index)
    .map(({ text }) => text)
    .join(' ');
}

function skipBlanks(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at++;
}

function isAtEnd(reader: Reader, depth: number): boolean {
  return reader.at >= reader.text.length || (depth > 0 && reader.text[reader.at] === ')');
}

/** Passes over a word of the grammar where something stands behind it. */
function tryWord(reader: Reader, word: string, depth: number): boolean {
  const pattern = new RegExp(`\\s*${word}\\s+(?=${depth > 0 ? '[^\\s)]' : '\\S'})`, 'y');
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (!match || (word === 'OR' && reader.at > 0 && !/^\s/.test(match[0]))) return false;
  reader.at += match[0].length;
  return true;
}
