// What FETCH can ask for: the grammar of fetch-att (RFC 3501 §6.4.5; BINARY RFC 3516, MODSEQ RFC 7162, EMAILID and
// THREADID RFC 8474, SAVEDATE RFC 8514, PREVIEW RFC 8970).
import { formatString } from '#lib/mail/imap-string.ts';
import type { Section } from '#lib/mail/section.ts';
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';

export type PlainItem =
  | 'UID'
  | 'FLAGS'
  | 'MODSEQ'
  | 'INTERNALDATE'
  | 'SAVEDATE'
  | 'RFC822.SIZE'
  | 'EMAILID'
  | 'THREADID'
  | 'ENVELOPE'
  | 'BODY'
  | 'BODYSTRUCTURE'
  | 'PREVIEW';

export type SectionItem = {
  kind: 'section';
  /** As the answer names it, without the partial. */
  label: string;
  section: Section;
  /** The octets as they are, decoded (RFC 3516 §4.2), or how many the decoded ones are. */
  form: 'raw' | 'decoded' | 'decoded-size';
  isPeek: boolean;
  /** First octet and how many at most. */
  partial: { start: number; count: number } | null;
};

export type FetchItem = { kind: 'plain'; name: PlainItem } | SectionItem;

const plainItems: readonly string[] = [
  'UID',
  'FLAGS',
  'MODSEQ',
  'INTERNALDATE',
  'SAVEDATE',
  'RFC822.SIZE',
  'EMAILID',
  'THREADID',
  'ENVELOPE',
  'BODY',
  'BODYSTRUCTURE',
  'PREVIEW',
];

const fast: PlainItem[] = ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'];
/** RFC 3501 §6.4.5: macros stand alone. */
const macros: Record<string, PlainItem[]> = {
  ALL: [...fast, 'ENVELOPE'],
  FAST: fast,
  FULL: [...fast, 'ENVELOPE', 'BODY'],
};

/** The old names of sections, each with what it means. */
const oldNames: Record<string, { kind: Section['kind']; isPeek: boolean }> = {
  RFC822: { kind: 'ALL', isPeek: false },
  'RFC822.HEADER': { kind: 'HEADER', isPeek: true },
  'RFC822.TEXT': { kind: 'TEXT', isPeek: false },
};

/** Items of one FETCH, and field names of one section. */
const itemLimit = 200;
const fieldLimit = 500;

/** macro / fetch-att / "(" fetch-att *(SP fetch-att) ")" */
export function parseItems(cursor: Cursor): FetchItem[] {
  if (cursor.peek() !== '(') {
    const word = readWord(cursor);
    const macro = Object.hasOwn(macros, word) ? macros[word] : undefined;
    if (macro) return macro.map((name) => ({ kind: 'plain', name }));
    return [parseItem(word, cursor)];
  }
  const items: FetchItem[] = [];
  cursor.list(() => {
    if (items.length >= itemLimit) throw new Bad('Too many FETCH items');
    items.push(parseItem(readWord(cursor), cursor));
  });
  if (items.length === 0) throw new Bad('FETCH needs at least one item');
  return items;
}

function readWord(cursor: Cursor): string {
  const word = cursor.tryPattern(/[A-Za-z0-9.]+/y);
  if (word === null) throw new Bad('Expected a FETCH item');
  return word.toUpperCase();
}

function parseItem(word: string, cursor: Cursor): FetchItem {
  if ((word === 'BODY' || word === 'BODY.PEEK') && cursor.tryWord('[')) {
    return parseSectionItem(word === 'BODY.PEEK', cursor);
  }
  if (/^BINARY(?:\.PEEK|\.SIZE)?$/.test(word) && cursor.tryWord('[')) {
    return parseBinaryItem(word, cursor);
  }
  if (Object.hasOwn(oldNames, word)) {
    const { kind, isPeek } = oldNames[word]!;
    return {
      kind: 'section',
      label: word,
      section: { path: [], kind, fields: [] },
      form: 'raw',
      isPeek,
      partial: null,
    };
  }
  if (!plainItems.includes(word)) throw new Bad(`Unknown FETCH item ${word}`);
  // RFC 8970 §3.1: LAZY allows to answer NIL; ours is always ready.
  if (word === 'PREVIEW' && cursor.tryWord(' (')) cursor.expect('LAZY)');
  return { kind: 'plain', name: word as PlainItem };
}

function parseSectionItem(isPeek: boolean, cursor: Cursor): SectionItem {
  const section = parseSection(cursor);
  cursor.expect(']');
  const partial = parsePartial(cursor);
  const label = `BODY[${formatSection(section)}]`;
  return { kind: 'section', label, section, form: 'raw', isPeek, partial };
}

/** section-binary [partial] of RFC 3516 §6: only numbers of parts. */
function parseBinaryItem(word: string, cursor: Cursor): SectionItem {
  const isSize = word === 'BINARY.SIZE';
  const path = parsePath(cursor);
  cursor.expect(']');
  return {
    kind: 'section',
    label: `${isSize ? word : 'BINARY'}[${path.join('.')}]`,
    section: { path, kind: 'ALL', fields: [] },
    form: isSize ? 'decoded-size' : 'decoded',
    isPeek: word !== 'BINARY',
    partial: isSize ? null : parsePartial(cursor),
  };
}

/** ["<" number "." nz-number ">"] */
function parsePartial(cursor: Cursor): SectionItem['partial'] {
  if (!cursor.tryWord('<')) return null;
  // RFC 9051 §9: number64
  const start = cursor.modseq();
  cursor.expect('.');
  const count = cursor.modseq();
  if (count === 0) throw new Bad('The number must not be zero');
  cursor.expect('>');
  return { start, count };
}

function parsePath(cursor: Cursor): number[] {
  const path = cursor.tryPattern(/[1-9]\d{0,8}(?:\.[1-9]\d{0,8})*/y);
  return path?.split('.').map(Number) ?? [];
}

/** section-spec, up to its "]". */
export function parseSection(cursor: Cursor): Section {
  const path = parsePath(cursor);
  if (cursor.peek() === ']') return { path, kind: 'ALL', fields: [] };
  if (path.length > 0) cursor.expect('.');
  const word = readWord(cursor);
  if (word === 'HEADER.FIELDS' || word === 'HEADER.FIELDS.NOT') {
    const kind = word === 'HEADER.FIELDS' ? 'FIELDS' : 'FIELDS.NOT';
    return { path, kind, fields: parseFields(cursor) };
  }
  if (word === 'HEADER' || word === 'TEXT') return { path, kind: word, fields: [] };
  // RFC 3501 §6.4.5: MIME needs a part number before it.
  if (word === 'MIME' && path.length > 0) return { path, kind: 'MIME', fields: [] };
  throw new Bad(`Unknown section ${word}`);
}

function parseFields(cursor: Cursor): string[] {
  const fields: string[] = [];
  cursor.space();
  cursor.list(() => {
    if (fields.length >= fieldLimit) throw new Bad('Too many field names');
    fields.push(cursor.astringText());
  });
  if (fields.length === 0) throw new Bad('HEADER.FIELDS needs at least one name');
  return fields;
}

function formatSection({ path, kind, fields }: Section): string {
  const words: string[] = path.length > 0 ? [path.join('.')] : [];
  if (kind === 'FIELDS' || kind === 'FIELDS.NOT') {
    const names = fields.map((name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : formatString(name)));
    words.push(`HEADER.${kind} (${names.join(' ')})`);
  } else if (kind !== 'ALL') words.push(kind);
  return words.join('.');
}
