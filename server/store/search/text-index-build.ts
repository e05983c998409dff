// Building the text index, in the thread of text-index-worker.ts: new bodies become a segment, segments of one
// size become a larger one, and what was removed from the mail database is left out on the way. Each
// generator yields between pieces of some milliseconds, so that searches come first; none runs meanwhile, so
// that segments which a search reads never go away under it.
//
// Invariant: the ready segments cover the numbers from 1 to the last one without a gap, and each was shown
// in the transaction that hid those it replaces.
import {
  keysOf,
  type Mail,
  type SearchFile,
  type Segment,
  type TextRow,
} from '#lib/dialect/search-file.ts';
import { foldText } from '../fold.ts';
import { ChunkBuilder } from './text-index-builder.ts';
import {
  type Chunk,
  ChunkReader,
  ChunkWriter,
  mergeTerms,
  type Source,
} from './text-index-chunk.ts';

/** Columns of the index, in the order of their numbers. */
export const columns = ['body', 'header', 'subject', 'fromText', 'toText', 'ccText'] as const;
export type Column = (typeof columns)[number];

/** What a step waits for: its next turn, or a body to be rendered anew. */
export type Wait = { kind: 'turn' } | { kind: 'render'; blobId: number };
const turn: Wait = { kind: 'turn' };

/** A segment is closed when it has so many bodies, terms of bodies, or characters. */
const maxBodies = 4096;
const maxNumbers = 1_000_000;
const maxCharacters = 64 * 1024 * 1024;
const sliceMs = 12;
/** So many segments of a level become one of the next. */
const mergeWidth = 8;
const topLevel = 4;
const chunksPerCommit = 64;
const pagesPerTurn = 500;
const staleAfterMs = 7 * 86_400_000;

export type Index = {
  file: SearchFile;
  mail: Mail;
  /** Fewer new bodies than these are left to the scan, which is as quick. */
  minBodies: number;
  nowMs(): number;
};

/** Does one thing that is worth doing; false when there is none. */
export function* improveIndex(index: Index): Generator<Wait, boolean> {
  const segments = index.file.segments();
  const low = (segments.at(-1)?.high ?? 0) + 1;
  if (index.mail.lastNumber() - low + 1 >= index.minBodies) {
    yield* addSegment(index, low);
    return true;
  }
  const group = findMerge(segments) ?? findStale(index, segments);
  if (group) yield* mergeSegments(index, group);
  return group !== null;
}

/** The terms of the next bodies, as a segment. */
function* addSegment(index: Index, low: number): Generator<Wait, void> {
  const { file, mail } = index;
  const builder = new ChunkBuilder();
  const segment = { low, high: low - 1, bodies: 0, level: 0, anchor: '', skipped: [] as number[] };
  const tried = new Set<number>();
  // Before anything is read: what is committed later belongs to the next segment.
  const last = mail.lastNumber();
  let characters = 0;
  let isFull = false;
  while (!isFull) {
    const until = performance.now() + sliceMs;
    let outdated: number | null = null;
    let count = 0;
    for (const row of mail.readTexts(segment.high, 500)) {
      count++;
      if (!row.isCurrent && !tried.has(row.blobId)) {
        outdated = row.blobId;
        break;
      }
      segment.high = row.blobId;
      segment.anchor = row.hash;
      if (row.isCurrent) {
        characters += addRow(builder, row);
        segment.bodies++;
      } else segment.skipped.push(row.blobId);
      isFull = segment.bodies >= maxBodies || builder.size >= maxNumbers;
      isFull ||= characters >= maxCharacters;
      if (isFull || performance.now() > until) break;
    }
    if (outdated !== null) {
      tried.add(outdated);
      yield { kind: 'render', blobId: outdated };
    } else {
      if (count === 0) break;
      yield turn;
    }
  }
  // Nothing but numbers of bodies that are gone.
  if (segment.high < low) segment.high = last;
  const id = file.transact(() => file.beginSegment({ ...segment, madeAtMs: index.nowMs() }));
  for (const column of columns.keys()) {
    file.transact(() => {
      const insert = insertInto(file, id, column);
      builder.write(column, low, insert);
    });
    yield turn;
  }
  file.transact(() => file.showSegment(id, []));
}

/** Returns how many characters there were. */
function addRow(builder: ChunkBuilder, row: TextRow): number {
  let characters = 0;
  for (const [column, name] of columns.entries()) {
    const text = textOf(row, name);
    characters += text.length;
    builder.addText(column, text, row.blobId);
  }
  return characters;
}

/** Folded. Header and body are stored so. */
function textOf(row: TextRow, name: Column): string {
  return name === 'body' || name === 'header' ? row[name] : foldText(row[name]);
}

function insertInto(file: SearchFile, segmentId: number, column: number): (chunk: Chunk) => void {
  let [key] = keysOf(segmentId, column);
  return ({ first, terms, postings }) => file.insertChunk(key++, first, terms, postings);
}

/** Neighbours of one level, enough of them to become one. */
function findMerge(segments: Segment[]): Segment[] | null {
  for (let start = 0; start + mergeWidth <= segments.length; start++) {
    const group = segments.slice(start, start + mergeWidth);
    const level = group[0]!.level;
    if (level < topLevel && group.every((one) => one.level === level)) return group;
  }
  return null;
}

/** A segment of which a tenth is gone, or anything since a week: what was removed is to be forgotten. */
function findStale({ mail, nowMs }: Index, segments: Segment[]): Segment[] | null {
  for (const segment of segments) {
    const gone =
      segment.bodies + segment.skipped.length - mail.countBodies(segment.low, segment.high);
    if (gone * 10 > segment.bodies) return [segment];
    if (gone > 0 && nowMs() - segment.madeAtMs > staleAfterMs) return [segment];
  }
  return null;
}

/** Makes one segment of neighbours, without the bodies that are gone. */
function* mergeSegments(index: Index, group: Segment[]): Generator<Wait, void> {
  const { file, mail } = index;
  const { low } = group[0]!;
  const { high, anchor } = group.at(-1)!;
  const alive = new Uint8Array(((high - low) >> 3) + 1);
  let bodies = 0;
  for (let from = low; from <= high; from += 10_000) {
    for (const id of mail.listBodies(from, Math.min(high, from + 9_999))) {
      alive[(id - low) >> 3]! |= 1 << ((id - low) & 7);
      bodies++;
    }
    yield turn;
  }
  const isAlive = (id: number) => (alive[(id - low) >> 3]! & (1 << ((id - low) & 7))) !== 0;
  const skipped = group.flatMap((one) => one.skipped).filter(isAlive);
  const before = group.reduce((sum, one) => sum + one.bodies + one.skipped.length, 0);
  const isWhole = before === bodies;
  const level = group.length === 1 ? group[0]!.level : group[0]!.level + 1;
  const madeAtMs = index.nowMs();
  const made = { low, high, anchor, skipped, level, madeAtMs, bodies: bodies - skipped.length };
  const id = file.transact(() => file.beginSegment(made));
  for (const column of columns.keys()) {
    yield* mergeColumn(index, group, id, column, isWhole ? null : isAlive);
  }
  const replaced = group.map((one) => one.id);
  file.transact(() => file.showSegment(id, replaced));
  while (file.transact(() => file.removeLeftovers(chunksPerCommit))) yield turn;
  while (file.shrink(pagesPerTurn)) yield turn;
}

function* mergeColumn(
  { file }: Index,
  group: Segment[],
  id: number,
  column: number,
  isAlive: ((id: number) => boolean) | null,
): Generator<Wait, void> {
  const insert = insertInto(file, id, column);
  let waiting: Chunk[] = [];
  const writer = new ChunkWriter(group[0]!.low, (chunk) => waiting.push(chunk));
  const store = () => {
    file.transact(() => {
      for (const chunk of waiting) insert(chunk);
    });
    waiting = [];
  };
  const sources = group.map((one) => termsOf(file, one, column));
  let until = performance.now() + sliceMs;
  for (const _term of mergeTerms(sources, writer, isAlive)) {
    if (performance.now() < until) continue;
    if (waiting.length >= chunksPerCommit) store();
    yield turn;
    until = performance.now() + sliceMs;
  }
  writer.flush();
  store();
}

function* termsOf(file: SearchFile, segment: Segment, column: number): Generator<Source, void> {
  const [start, end] = keysOf(segment.id, column);
  for (let from = start; ; ) {
    const found = file.readTerms(from, end, 4);
    for (const [key, terms] of found) {
      const chunk = new ChunkReader(terms, file.readPostings(key), segment.low);
      for (let at = 0; at < chunk.count; at++) {
        yield { term: chunk.termAt(at), chunk, index: at };
      }
      from = key + 1;
    }
    if (found.length === 0) return;
  }
}
