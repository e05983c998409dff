// Answering a search from the text index, in the thread of text-index-worker.ts: for each message of a mailbox
// and each text that is looked for, yes, no, or unknown where this version of the program has not rendered
// the message. What the index knows for certain is taken from it; candidates, and bodies that it does not
// cover (yet), are decided by their text. A generator, which yields between pieces of some milliseconds.
import { keysOf, type Mail, type SearchFile, type Segment } from '#lib/dialect/search-file.ts';
import { foldText } from '../fold.ts';
import { type Column, columns } from './text-index-build.ts';
import { ChunkReader } from './text-index-chunk.ts';
import { type Anchor, fitsAnchor, type Need, planNeedle } from './text-index-terms.ts';

export type TextKey = {
  field: 'subject' | 'from' | 'to' | 'cc' | 'body' | 'text';
  /** Folded, not empty. */
  needle: string;
};

export type TextQuery = {
  accountId: string;
  mailboxId: string;
  /** The UIDs that are asked about. */
  first: number;
  last: number;
  keys: TextKey[];
};

export const verdictNo = 0;
export const verdictYes = 1;
export const verdictUnknown = 2;

/** `uids` ascending; a list of verdicts for each key, in the order of `uids`. */
export type TextHits = { uids: Uint32Array; verdicts: Uint8Array[] };

const sliceMs = 12;
const rowsPerSlice = 2000;
const listsPerRead = 64;
const prefixesPerSlice = 2000;

const columnsOf: Record<TextKey['field'], Column[]> = {
  subject: ['subject'],
  from: ['fromText'],
  to: ['toText'],
  cc: ['ccText'],
  body: ['body'],
  text: ['header', 'body'],
};

/** Bodies by number, from `min` on. */
type Bits = Uint8Array;
const has = (bits: Bits, at: number) => (bits[at >> 3]! & (1 << (at & 7))) !== 0;
const set = (bits: Bits, at: number) => {
  bits[at >> 3]! |= 1 << (at & 7);
};

/** The bodies of the mailbox, and which of them the index covers. */
type Scope = {
  uids: Uint32Array;
  ids: Uint32Array;
  min: number;
  max: number;
  segments: Segment[];
  wanted: Bits;
  covered: Bits;
};

export function* answer(
  mail: Mail,
  file: SearchFile | null,
  query: TextQuery,
): Generator<void, TextHits> {
  const scope = yield* readScope(mail, file, query);
  const verdicts: Uint8Array[] = [];
  for (const key of query.keys) {
    const found = yield* judgeBodies(mail, file, scope, key);
    if (key.field === 'text') yield* judgePrefixes(mail, query, key.needle, scope.uids, found);
    verdicts.push(found);
  }
  return { uids: scope.uids, verdicts };
}

function* readScope(
  mail: Mail,
  file: SearchFile | null,
  { accountId, mailboxId, first, last }: TextQuery,
): Generator<void, Scope> {
  const uids: number[] = [];
  const ids: number[] = [];
  for (let from = first; ; ) {
    const rows = mail.readUids(accountId, mailboxId, from, last, rowsPerSlice);
    for (const [uid, id] of rows) {
      uids.push(uid);
      ids.push(id);
    }
    if (rows.length < rowsPerSlice) break;
    from = uids.at(-1)! + 1;
    yield;
  }
  let min = Number.MAX_SAFE_INTEGER;
  let max = 0;
  for (const id of ids) {
    if (id < min) min = id;
    if (id > max) max = id;
  }
  const size = ids.length === 0 ? 0 : ((max - min) >> 3) + 1;
  const wanted = new Uint8Array(size);
  for (const id of ids) set(wanted, id - min);
  const all = file?.segments() ?? [];
  const covered = coverOf(all, wanted, min);
  const segments = all.filter(({ low, high }) => high >= min && low <= max);
  return {
    uids: Uint32Array.from(uids),
    ids: Uint32Array.from(ids),
    min,
    max,
    segments,
    wanted,
    covered,
  };
}

/** Those of the wanted bodies that segments have the terms of. */
function coverOf(segments: Segment[], wanted: Bits, min: number): Bits {
  const covered = wanted.slice();
  const end = (segments.at(-1)?.high ?? 0) + 1 - min;
  for (let at = Math.max(0, end); at < wanted.length * 8; at++)
    covered[at >> 3]! &= ~(1 << (at & 7));
  for (const { skipped } of segments) {
    for (const id of skipped) {
      if (id >= min && id - min < wanted.length * 8)
        covered[(id - min) >> 3]! &= ~(1 << ((id - min) & 7));
    }
  }
  return covered;
}

/** The verdicts on the bodies, by message. */
function* judgeBodies(
  mail: Mail,
  file: SearchFile | null,
  scope: Scope,
  key: TextKey,
): Generator<void, Uint8Array> {
  const names = columnsOf[key.field];
  const certain = new Uint8Array(scope.wanted.length);
  let candidates: Bits = new Uint8Array(scope.wanted.length);
  const plan = planNeedle(key.needle);
  if (!plan || !file) candidates = scope.covered;
  else {
    for (const name of names) {
      const place = { file, scope, column: columns.indexOf(name) };
      const pieces = plan.isExact
        ? yield* findExactly(place, plan.needs[0]!, certain)
        : yield* findAll(place, plan.needs);
      merge(candidates, pieces);
    }
  }
  const verdicts = new Uint8Array(scope.ids.length);
  // What was decided by the text: "yes" goes to `certain`.
  const decided = new Uint8Array(scope.wanted.length);
  const unknown = new Uint8Array(scope.wanted.length);
  let until = performance.now() + sliceMs;
  for (let index = 0; index < scope.ids.length; index++) {
    const id = scope.ids[index]!;
    const at = id - scope.min;
    if (
      !has(certain, at) &&
      !has(decided, at) &&
      (has(candidates, at) || !has(scope.covered, at))
    ) {
      set(decided, at);
      const verdict = lookInto(mail, names, id, key.needle, has(scope.covered, at));
      if (verdict === null) set(unknown, at);
      else if (verdict) set(certain, at);
      if (performance.now() > until) {
        yield;
        until = performance.now() + sliceMs;
      }
    }
    if (has(certain, at)) verdicts[index] = verdictYes;
    else if (has(unknown, at)) verdicts[index] = verdictUnknown;
  }
  return verdicts;
}

/** Whether the text itself has the needle; null where there is no text of this version. */
function lookInto(
  mail: Mail,
  names: Column[],
  id: number,
  needle: string,
  isCovered: boolean,
): boolean | null {
  for (const name of names) {
    let verdict: boolean | null;
    if (name === 'body' || name === 'header') {
      const look = isCovered ? mail.hasCoveredText : mail.hasText;
      verdict = toVerdict(look(name, id, needle));
    } else {
      const fields = mail.readFields(id);
      verdict = fields ? foldText(fields[name]).includes(needle) : null;
    }
    if (verdict !== false) return verdict;
  }
  return false;
}

const toVerdict = (found: number | null) => (found === null ? null : found === 1);

type Place = { file: SearchFile; scope: Scope; column: number };

/** Marks what certainly has the part; returns the bodies that may have it in a long word. */
function* findExactly(
  place: Place,
  { part, anchor, pieces }: Need,
  certain: Bits,
): Generator<void, Bits> {
  if (part !== '') yield* markPart(place, part, anchor, certain);
  return pieces.length > 0 ? yield* findPieces(place, pieces) : new Uint8Array(certain.length);
}

/** The bodies that fulfil each need: candidates. */
function* findAll(place: Place, needs: Need[]): Generator<void, Bits> {
  let left: Bits | null = null;
  for (const need of needs) {
    const found = new Uint8Array(place.scope.wanted.length);
    merge(found, yield* findExactly(place, need, found));
    if (left) cross(left, found);
    else left = found;
    if (isEmpty(left)) break;
  }
  return left ?? new Uint8Array(place.scope.wanted.length);
}

/** The bodies that have all the pieces. */
function* findPieces(place: Place, pieces: string[]): Generator<void, Bits> {
  let left: Bits | null = null;
  for (const piece of pieces) {
    const found = new Uint8Array(place.scope.wanted.length);
    markTerm(place, piece, found);
    yield;
    if (left) cross(left, found);
    else left = found;
    if (isEmpty(left)) break;
  }
  return left ?? new Uint8Array(place.scope.wanted.length);
}

/** Marks the bodies that have a term which contains the part and fits. */
function* markPart(
  { file, scope, column }: Place,
  part: string,
  anchor: Anchor,
  bits: Bits,
): Generator<void, void> {
  const bytes = Buffer.from(part, 'utf8');
  let until = performance.now() + sliceMs;
  for (const segment of scope.segments) {
    const [start, end] = keysOf(segment.id, column);
    for (let from = start; ; ) {
      const lists = file.readTerms(from, end, listsPerRead);
      let isMarked = false;
      for (const [key, terms] of lists) {
        from = key + 1;
        let at = terms.indexOf(bytes);
        if (at < 0) continue;
        const chunk = new ChunkReader(terms, file.readPostings(key), segment.low);
        for (let index = 0; at >= 0; ) {
          index = chunk.indexAt(at, index);
          if (fitsAnchor(chunk.termAt(index), part, anchor)) {
            chunk.markNumbers(index, bits, scope.min, scope.max);
          }
          at = terms.indexOf(bytes, chunk.endOf(index) - 1);
        }
        isMarked = true;
      }
      if (lists.length < listsPerRead) break;
      // A frequent part is everywhere soon; the rest of its words need not be read.
      if (isMarked && isFull(bits, scope.covered, segment, scope)) break;
      if (performance.now() > until) {
        yield;
        until = performance.now() + sliceMs;
      }
    }
  }
}

/** Marks the bodies that have exactly this term. */
function markTerm({ file, scope, column }: Place, term: string, bits: Bits): void {
  const bytes = Buffer.from(`\n${term}\n`, 'utf8');
  for (const segment of scope.segments) {
    const [start] = keysOf(segment.id, column);
    const place = findLast(file.readFirsts(segment.id, column), term);
    if (place < 0) continue;
    const [found] = file.readTerms(start + place, start + place + 1, 1);
    const at = found ? found[1].indexOf(bytes) : -1;
    if (!found || at < 0) continue;
    const chunk = new ChunkReader(found[1], file.readPostings(found[0]), segment.low);
    chunk.markNumbers(chunk.indexAt(at + 1, 0), bits, scope.min, scope.max);
  }
}

/** Index of the last text that does not come behind `text`; -1 when all do. */
function findLast(sorted: string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= text) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function merge(into: Bits, from: Bits): void {
  for (let at = 0; at < into.length; at++) into[at]! |= from[at]!;
}

function cross(into: Bits, from: Bits): void {
  for (let at = 0; at < into.length; at++) into[at]! &= from[at]!;
}

function isEmpty(bits: Bits): boolean {
  return bits.every((byte) => byte === 0);
}

/** Whether each wanted body of the segment is marked. */
function isFull(bits: Bits, covered: Bits, { low, high }: Segment, { min, max }: Scope): boolean {
  const first = Math.max(low, min) - min;
  const last = Math.min(high, max) - min;
  for (let at = first >> 3; at <= last >> 3; at++) {
    let mask = 255;
    if (at === first >> 3) mask &= 255 << (first & 7);
    if (at === last >> 3) mask &= 255 >> (7 - (last & 7));
    if ((covered[at]! & ~bits[at]! & mask) !== 0) return false;
  }
  return true;
}

/** Looks into the header of this copy of the messages that were not found by their body. */
function* judgePrefixes(
  mail: Mail,
  { accountId, mailboxId }: TextQuery,
  needle: string,
  uids: Uint32Array,
  verdicts: Uint8Array,
): Generator<void, void> {
  for (let start = 0; start < uids.length; start += prefixesPerSlice) {
    const end = Math.min(uids.length, start + prefixesPerSlice);
    if (verdicts.subarray(start, end).every((verdict) => verdict !== verdictNo)) continue;
    let at = start;
    const rows = mail.readPrefixes(accountId, mailboxId, uids[start]!, uids[end - 1]!, needle);
    for (const [uid, prefix] of rows) {
      while (at < end && uids[at]! < uid) at++;
      if (uids[at] !== uid || verdicts[at] !== verdictNo) continue;
      if (prefix === null || foldText(prefix.toString('utf8')).includes(needle)) {
        verdicts[at] = verdictYes;
      }
    }
    yield;
  }
}
