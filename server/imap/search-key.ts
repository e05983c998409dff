// Search programs: the grammar of search-key (RFC 3501 §6.4.4; MODSEQ RFC 7162 §3.1.5, OLDER and YOUNGER
// RFC 5032, EMAILID and THREADID RFC 8474 §5.4, SAVED… RFC 8514 §4.3), and what it means in a session.
import { decodeCharset } from '#lib/mail/charset.ts';
import { FLAG } from '#server/store/flags.ts';
import type { Criterion } from '#server/store/search/search.ts';
import { toRanges } from '#server/store/uid-range.ts';
import type { View } from './view.ts';
import { Bad } from './wire/bad.ts';
import { type Cursor, depthLimit } from './wire/cursor.ts';
import { resolveSet, type SequenceSet, savedResult } from './wire/sequence-set.ts';

/** A criterion of the store, or one that only the session can read: message numbers and \Recent. */
export type SearchKey =
  | { kind: 'plain'; criterion: Criterion }
  | { kind: 'set'; set: SequenceSet; isUid: boolean }
  | { kind: 'recent' }
  | { kind: 'not'; key: SearchKey }
  | { kind: 'and' | 'or'; keys: SearchKey[] };

export type SearchProgram = {
  key: SearchKey;
  usesModseq: boolean;
  /** Message numbers or "$", which mean something in the selected mailbox only. */
  usesNumbers: boolean;
  /** What fits may change though the message does not: numbers, \Recent, the time. */
  isMoving: boolean;
};

/** Keys of one program; a longer one is an attack on the store. OR 1,000 deep has 2,001. */
export const keyLimit = 2500;
/** NOT and OR, which need no parentheses, within each other: programs write long lists that way. */
const operatorLimit = 1000;

/** Names that CHARSET may have, for BADCHARSET. */
export const charsets = ['US-ASCII', 'UTF-8', 'ISO-8859-1', 'ISO-8859-15', 'WINDOWS-1252'] as const;

type Parsing = Omit<SearchProgram, 'key'> & {
  charset: string;
  count: number;
  /** Parentheses around, and operators around. */
  depth: number;
  operators: number;
};

const flagKeys: Record<string, number> = {
  ANSWERED: FLAG.answered,
  DELETED: FLAG.deleted,
  DRAFT: FLAG.draft,
  FLAGGED: FLAG.flagged,
  SEEN: FLAG.seen,
};
const textFields = {
  BCC: 'bcc',
  BODY: 'body',
  CC: 'cc',
  FROM: 'from',
  SUBJECT: 'subject',
  TEXT: 'text',
  TO: 'to',
} as const;
const dateFields = { '': 'internal', SENT: 'sent', SAVED: 'saved' } as const;
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** search-key *(SP search-key) up to the end of the command. */
export function parseProgram(cursor: Cursor, charset: string): SearchProgram {
  const parsing: Parsing = {
    charset,
    count: 0,
    depth: 0,
    operators: 0,
    usesModseq: false,
    usesNumbers: false,
    isMoving: false,
  };
  const keys: SearchKey[] = [];
  do keys.push(parseKey(cursor, parsing));
  while (cursor.trySpace());
  cursor.expectEnd();
  const { usesModseq, usesNumbers, isMoving } = parsing;
  return { key: join('and', keys), usesModseq, usesNumbers, isMoving };
}

function parseKey(cursor: Cursor, parsing: Parsing): SearchKey {
  if (parsing.depth > depthLimit || parsing.operators > operatorLimit) {
    throw new Bad('The search is nested too deeply');
  }
  if (++parsing.count > keyLimit) throw new Bad('The search has too many keys');
  if (cursor.peek() === '(') {
    const keys: SearchKey[] = [];
    parsing.depth++;
    cursor.list(() => keys.push(parseKey(cursor, parsing)));
    parsing.depth--;
    if (keys.length === 0) throw new Bad('Empty parentheses in a search');
    return join('and', keys);
  }
  if (/[\d*$]/.test(cursor.peek())) return readSet(cursor, parsing, false);
  const word = cursor.keyword();
  const combined = parseCombined(word, cursor, parsing);
  if (combined) return combined;
  const criterion = parseCriterion(word, cursor, parsing);
  if (!criterion) throw new Bad(`Unknown search key ${word}`);
  return { kind: 'plain', criterion };
}

/** All of them is no question of numbers. */
function readSet(cursor: Cursor, parsing: Parsing, isUid: boolean): SearchKey {
  const set = cursor.sequenceSet();
  const isAll = set.length === 1 && set[0]![0] === 1 && set[0]![1] === Number.POSITIVE_INFINITY;
  if (isAll) return { kind: 'plain', criterion: { kind: 'all' } };
  if (!isUid || set === savedResult) parsing.usesNumbers = true;
  const namesLast = set.some(([from]) => from === Number.POSITIVE_INFINITY);
  if (parsing.usesNumbers || namesLast) parsing.isMoving = true;
  return { kind: 'set', set, isUid };
}

function parseCombined(word: string, cursor: Cursor, parsing: Parsing): SearchKey | null {
  const next = () => {
    cursor.space();
    parsing.operators++;
    const key = parseKey(cursor, parsing);
    parsing.operators--;
    return key;
  };
  const unseen: SearchKey = {
    kind: 'plain',
    criterion: { kind: 'not', item: { kind: 'flag', flag: FLAG.seen } },
  };
  switch (word) {
    case 'NOT':
      return { kind: 'not', key: next() };
    case 'OR':
      return { kind: 'or', keys: [next(), next()] };
    case 'UID':
      cursor.space();
      return readSet(cursor, parsing, true);
    case 'RECENT':
      parsing.isMoving = true;
      return { kind: 'recent' };
    case 'NEW':
      parsing.isMoving = true;
      return { kind: 'and', keys: [{ kind: 'recent' }, unseen] };
    case 'OLD':
      parsing.isMoving = true;
      return { kind: 'not', key: { kind: 'recent' } };
    default:
      return null;
  }
}

function parseCriterion(word: string, cursor: Cursor, parsing: Parsing): Criterion | null {
  return (
    parseFlagKey(word, cursor) ??
    parseTextKey(word, cursor, parsing) ??
    parseDateKey(word, cursor) ??
    parseNumberKey(word, cursor, parsing)
  );
}

function parseFlagKey(word: string, cursor: Cursor): Criterion | null {
  if (word === 'ALL' || word === 'SAVEDATESUPPORTED') return { kind: 'all' };
  const isNegative = word.startsWith('UN');
  const name = isNegative ? word.slice(2) : word;
  let item: Criterion | null = null;
  if (Object.hasOwn(flagKeys, name)) item = { kind: 'flag', flag: flagKeys[name]! };
  else if (name === 'KEYWORD') {
    cursor.space();
    item = { kind: 'keyword', keyword: cursor.atom() };
  }
  return item && isNegative ? { kind: 'not', item } : item;
}

function parseTextKey(word: string, cursor: Cursor, parsing: Parsing): Criterion | null {
  if (Object.hasOwn(textFields, word)) {
    cursor.space();
    const field = textFields[word as keyof typeof textFields];
    return { kind: 'text', field, value: readText(cursor, parsing) };
  }
  if (word === 'HEADER') {
    cursor.space();
    const name = cursor.astringText();
    cursor.space();
    return { kind: 'header', name, value: readText(cursor, parsing) };
  }
  if (word === 'EMAILID' || word === 'THREADID') {
    cursor.space();
    const value = cursor.astringText();
    return { kind: word === 'EMAILID' ? 'emailid' : 'threadid', value };
  }
  return null;
}

function parseDateKey(word: string, cursor: Cursor): Criterion | null {
  const match = /^(SENT|SAVED|)(BEFORE|ON|SINCE)$/.exec(word);
  if (!match) return null;
  cursor.space();
  const field = dateFields[match[1] as keyof typeof dateFields];
  const relation = match[2]!.toLowerCase() as 'before' | 'on' | 'since';
  return { kind: 'date', field, relation, day: readDay(cursor) };
}

function parseNumberKey(word: string, cursor: Cursor, parsing: Parsing): Criterion | null {
  switch (word) {
    case 'LARGER':
    case 'SMALLER':
      cursor.space();
      return {
        kind: 'size',
        relation: word === 'LARGER' ? 'larger' : 'smaller',
        // number64 in RFC 9051 §9; no message is that large.
        bytes: Math.min(cursor.number64(), 0xffff_ffff),
      };
    case 'OLDER':
    case 'YOUNGER': {
      cursor.space();
      parsing.isMoving = true;
      const relation = word === 'OLDER' ? 'older' : 'younger';
      return { kind: 'age', relation, seconds: cursor.nonZeroNumber() };
    }
    case 'MODSEQ': {
      cursor.space();
      // RFC 7162 §3.1.5: an entry name may stand before; we have one MODSEQ for all of a message.
      if (cursor.tryString()) {
        cursor.space();
        if (!['PRIV', 'SHARED', 'ALL'].includes(cursor.keyword()))
          throw new Bad('Unknown entry type');
        cursor.space();
      }
      parsing.usesModseq = true;
      return { kind: 'modseq', value: cursor.modseq() };
    }
    default:
      return null;
  }
}

function readText(cursor: Cursor, parsing: Parsing): string {
  const bytes = cursor.astring();
  if (bytes.includes(0)) throw new Bad('NUL is not allowed');
  return decodeCharset(bytes, parsing.charset);
}

/** date (RFC 3501 §9), quoted or not, as YYYY-MM-DD. */
function readDay(cursor: Cursor): string {
  const text = cursor.astring().toString('latin1');
  const match = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text);
  const month = months.indexOf(match?.[2]?.toUpperCase() ?? '') + 1;
  const day = Number(match?.[1]);
  if (
    !match ||
    month === 0 ||
    day < 1 ||
    day > new Date(Date.UTC(+match[3]!, month, 0)).getUTCDate()
  ) {
    throw new Bad('Expected a date like 1-Feb-2026');
  }
  return `${match[3]}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function join(kind: 'and' | 'or', keys: SearchKey[]): SearchKey {
  return keys.length === 1 ? keys[0]! : { kind, keys };
}

/** What the key means for this session's view; `saved` are the UIDs that "$" stands for. */
export function compileKey(key: SearchKey, view: View, saved: readonly number[]): Criterion {
  switch (key.kind) {
    case 'plain':
      return key.criterion;
    case 'set':
      return {
        kind: 'uid',
        ranges: compileSet(key, view, saved),
      };
    case 'recent':
      return {
        kind: 'uid',
        ranges: view.recentRanges.map(([from, before]): [number, number] => [from, before - 1]),
      };
    case 'not':
      return { kind: 'not', item: compileKey(key.key, view, saved) };
    default:
      return { kind: key.kind, items: key.keys.map((item) => compileKey(item, view, saved)) };
  }
}

function compileSet(
  { set, isUid }: { set: SequenceSet; isUid: boolean },
  view: View,
  saved: readonly number[],
): [number, number][] {
  if (set === savedResult) return toRanges(saved);
  return isUid ? resolveSet(set, view.lastUid) : numberRanges(set, view);
}

function numberRanges(set: SequenceSet, view: View): [number, number][] {
  const ranges: [number, number][] = [];
  for (const [low, high] of resolveSet(set, view.count)) {
    // Numbers over the count match nothing: a search is a question, not an order.
    if (low <= view.count) ranges.push([view.uidOf(low), view.uidOf(Math.min(high, view.count))]);
  }
  return ranges;
}
