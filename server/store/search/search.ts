// SEARCH (RFC 3501 §6.4.4): case-insensitive substrings of decoded text in every script, never words of an
// index. A message is judged by what is cheap first: its row, then what the text index knows for certain, the
// rendered fields, the header, the text; what is decided early is never loaded further. Works in pieces, so
// that other sessions keep running.
//
// Invariant: the index only spares looks. Whatever it does not answer is looked for in the messages.
import { db } from '#lib/db.ts';
import { readView } from '../journal.ts';
import { readMailbox } from '../mailbox-row.ts';
import type { Progress } from '../progress.ts';
import type { Roll } from '../roll.ts';
import { nextTurn, startLoop } from '../turn.ts';
import { chunkUids } from '../uid-condition.ts';
import { findUid } from '../uid-list.ts';
import {
  type Candidate,
  type Criterion,
  compileCriterion,
  type Stage,
  type Test,
} from './search-criterion.ts';
import { type LoadedStage, load, rowsPerTurn, selectRows } from './search-load.ts';
import {
  checkCost,
  findColumns,
  findFieldNames,
  findTextKeys,
  findUidBounds,
  isRollAlone,
  isTextAlone,
  type RowColumn,
  readFlagTest,
} from './search-plan.ts';
import { findTextHits, type TextHits, type TextKey } from './text-hits.ts';

export type { Criterion } from './search-criterion.ts';

const loadedStages = ['fields', 'header', 'text'] as const;
/** Messages that are loaded at a time. */
const loadedPerTurn: Record<LoadedStage, number> = { fields: 400, header: 200, text: 100 };
/** A header has at most 10 MB (lib/mail/header.ts), decoded text less. */
const maxWeight = 10 * 1024 * 1024;
const maxPortionBytes = 16 * 1024 * 1024;
/** Fewer messages, or less of them, are looked through as quickly as the index is asked. */
const askFromMessages = 300;
const askFromBytes = 8 * 1024 * 1024;
/** Messages after which the clock is looked at: a program of thousands of keys judges them slowly. */
const rowsPerLook = 64;
/** Flags alone are looked through in no time. */
const flagsPerLook = 16_384;

/** One search on its way. */
type Search = {
  accountId: string;
  mailboxId: string;
  test: Test;
  columns: RowColumn[];
  fieldNames: ReadonlySet<string>;
  keys: TextKey[];
  first: number;
  last: number;
  signal: AbortSignal | undefined;
  progress: Progress | undefined;
  /** Null: not asked yet, or it does not answer. */
  hits: TextHits | null;
  wasAsked: boolean;
  /** Of messages that only their content can decide, so far. */
  open: { messages: number; bytes: number };
};

/**
 * UIDs of the messages that fit, ascending. Refusal 'not-found', 'limit' for a monstrous criterion. Once
 * `signal` is aborted it soon throws the signal's reason.
 */
export async function searchMessages(
  accountId: string,
  mailboxId: string,
  criterion: Criterion,
  signal?: AbortSignal,
  progress?: Progress,
): Promise<number[]> {
  checkCost(criterion);
  if (isRollAlone(criterion)) {
    return judgeRoll((await readView(accountId, mailboxId)).roll, criterion, signal);
  }
  const mailbox = await readMailbox(db, accountId, mailboxId);
  const { keys, numbers } = findTextKeys(criterion);
  const [first, last] = findUidBounds(criterion);
  const search: Search = {
    accountId,
    mailboxId,
    test: compileCriterion(criterion, (node) => numbers.get(node) ?? null),
    columns: findColumns(criterion),
    fieldNames: findFieldNames(criterion),
    keys,
    first,
    last,
    signal,
    progress,
    hits: null,
    wasAsked: false,
    open: { messages: 0, bytes: 0 },
  };
  // Where texts decide alone no row has to be read.
  const most = Math.min(mailbox.messages, last - first + 1);
  if (progress) progress.goal = most;
  const isAlone = most >= askFromMessages && isTextAlone(criterion, numbers);
  if (isAlone) await ask(search, first);
  const found = search.hits ? await judgeHits(search, search.hits) : await judgeRows(search);
  return found.sort((a, b) => a - b);
}

/** Flags, keywords, UIDs and MODSEQs are in memory. */
async function judgeRoll(
  roll: Roll,
  criterion: Criterion,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const found: number[] = [];
  const loop = startLoop();
  const bits = readFlagTest(criterion);
  if (bits) {
    for (let from = 0; from < roll.size; from += flagsPerLook) {
      pickByFlags(roll, from, bits, found);
      await loop.pause();
    }
    return found;
  }
  const { match } = compileCriterion(criterion);
  const [first, last] = findUidBounds(criterion);
  // One for all: a test keeps nothing of what it looks at.
  const candidate: Candidate = { ...bare, uid: 0 };
  for (let index = findUid(roll.uids, first); index < roll.size; index++) {
    const uid = roll.uids[index]!;
    if (uid > last) break;
    candidate.uid = uid;
    candidate.modseq = roll.modseqs[index]!;
    candidate.flags = roll.flags[index]!;
    candidate.keywords = roll.keywordsAt(index);
    if (match(candidate)) found.push(uid);
    if (index % rowsPerLook !== 0) continue;
    signal?.throwIfAborted();
    await loop.pause();
  }
  return found;
}

/** Adds the UIDs of those of the next messages whose flags fit. */
function pickByFlags(
  { flags, uids, size }: Roll,
  from: number,
  { mask, wanted }: { mask: number; wanted: number },
  found: number[],
): void {
  const to = Math.min(size, from + flagsPerLook);
  for (let index = from; index < to; index++) {
    if ((flags[index]! & mask) === wanted) found.push(uids[index]!);
  }
}

/** Asks the index about the messages from a UID on, once. */
async function ask(search: Search, from: number): Promise<void> {
  search.wasAsked = true;
  const { accountId, mailboxId, last, keys, signal } = search;
  search.hits = await findTextHits({ accountId, mailboxId, first: from, last, keys }, signal);
  signal?.throwIfAborted();
}

/** By the answers of the index; rows are read of those messages that it does not know. */
async function judgeHits(search: Search, hits: TextHits): Promise<number[]> {
  const found: number[] = [];
  const unknown: number[] = [];
  const loop = startLoop();
  let index = 0;
  const known = (key: number) => toKnown(hits.verdicts[key]![index]!);
  // One for all: a test keeps nothing of what it looks at.
  const candidate: Candidate = { ...bare, uid: 0, known };
  for (; index < hits.uids.length; index++) {
    candidate.uid = hits.uids[index]!;
    const verdict = search.test.match(candidate);
    if (verdict) found.push(candidate.uid);
    else if (verdict === null) unknown.push(candidate.uid);
    if (index % rowsPerLook === 0) await loop.pause();
  }
  for (const { uids } of chunkUids(unknown, rowsPerTurn)) {
    const wanted = new Set(uids);
    const { accountId, mailboxId, columns } = search;
    for (let from = uids[0]!; ; ) {
      const rows = await selectRows(accountId, mailboxId, columns, from, uids.at(-1)!);
      const candidates = rows.filter(({ uid }) => wanted.has(uid));
      for (const uid of await judge(search, candidates)) found.push(uid);
      const end = rows.at(-1)?.uid;
      if (end === undefined || rows.length < rowsPerTurn) break;
      from = end + 1;
    }
  }
  return found;
}

/** A message of which nothing but its UID is looked at. */
const bare: Omit<Candidate, 'uid'> = {
  modseq: 0,
  flags: 0,
  keywords: '',
  sizeBytes: 0,
  internalDate: new Date(0),
  savedAt: new Date(0),
  emailId: '',
  threadId: '',
};

const toKnown = (verdict: number) => (verdict > 1 ? null : verdict === 1);

/** By the rows, and then by whatever else it takes. */
async function judgeRows(search: Search): Promise<number[]> {
  const { accountId, mailboxId, columns, test, last, signal, progress } = search;
  const found: number[] = [];
  for (let from = search.first; ; ) {
    const rows = await selectRows(accountId, mailboxId, columns, from, last);
    signal?.throwIfAborted();
    let undecided = await sift(test, rows, found);
    if (progress) progress.done += rows.length - undecided.length;
    if (await mayAsk(search, undecided)) {
      const { hits } = search;
      if (hits) {
        tellKnown(hits, undecided);
        const before = undecided.length;
        undecided = await sift(test, undecided, found);
        if (progress) progress.done += before - undecided.length;
      }
    }
    for (const uid of await judge(search, undecided)) found.push(uid);
    const end = rows.at(-1)?.uid;
    if (end === undefined || rows.length < rowsPerTurn) break;
    from = end + 1;
    await nextTurn();
  }
  return found;
}

/** Puts the UIDs of what fits into `found`; returns what is not decided. */
async function sift(test: Test, candidates: Candidate[], found: number[]): Promise<Candidate[]> {
  const undecided: Candidate[] = [];
  const loop = startLoop();
  for (const [index, candidate] of candidates.entries()) {
    if (index % rowsPerLook === 0) await loop.pause();
    const verdict = test.match(candidate);
    if (verdict) found.push(candidate.uid);
    else if (verdict === null) undecided.push(candidate);
  }
  return undecided;
}

/** True where the index was asked; it is as soon as enough messages hang on their content. */
async function mayAsk(search: Search, undecided: Candidate[]): Promise<boolean> {
  if (search.wasAsked || search.keys.length === 0) return search.hits !== null;
  search.open.messages += undecided.length;
  for (const { sizeBytes } of undecided) search.open.bytes += Math.min(sizeBytes, maxWeight);
  const isWorth = search.open.messages >= askFromMessages || search.open.bytes >= askFromBytes;
  if (isWorth) await ask(search, undecided[0]?.uid ?? search.first);
  return isWorth;
}

/** Lets the candidates, which come by UID, know what the index says of them. */
function tellKnown({ uids, verdicts }: TextHits, candidates: Candidate[]): void {
  let low = 0;
  for (const candidate of candidates) {
    let high = uids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (uids[middle]! < candidate.uid) low = middle + 1;
      else high = middle;
    }
    const at = low;
    // What came after the index was asked is not among its messages.
    if (uids[at] === candidate.uid) candidate.known = (key) => toKnown(verdicts[key]![at]!);
  }
}

/** Loads more of the candidates, portion by portion, until each is decided. Returns the UIDs that fit. */
async function judge(search: Search, candidates: Candidate[]): Promise<number[]> {
  const { accountId, mailboxId, test, signal, progress } = search;
  const found: number[] = [];
  const stages = loadedStages.filter((stage) => test.stages.has(stage as Stage));
  const size = Math.min(...stages.map((stage) => loadedPerTurn[stage]));
  const loop = startLoop();
  for (const portion of cutPortions(candidates, size)) {
    let open = portion;
    for (const stage of stages) {
      if (open.length === 0) break;
      signal?.throwIfAborted();
      await load(accountId, mailboxId, stage, open, search.fieldNames);
      const undecided: Candidate[] = [];
      for (const candidate of open) {
        const verdict = test.match(candidate);
        if (verdict) found.push(candidate.uid);
        else if (verdict === null) undecided.push(candidate);
        await loop.pause();
      }
      open = undecided;
      await nextTurn();
    }
    // The rows live on until the next ones are read; what was loaded for them need not.
    for (const candidate of portion) {
      candidate.fields = candidate.header = candidate.text = undefined;
    }
    if (progress) progress.done += portion.length;
  }
  return found;
}

/** Pieces of at most `size` candidates and of bounded weight; no part of a message outweighs the whole. */
function* cutPortions(candidates: Candidate[], size: number): Generator<Candidate[]> {
  let portion: Candidate[] = [];
  let bytes = 0;
  for (const candidate of candidates) {
    const weight = Math.min(candidate.sizeBytes, maxWeight);
    if (portion.length === size || (portion.length > 0 && bytes + weight > maxPortionBytes)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(candidate);
    bytes += weight;
  }
  if (portion.length > 0) yield portion;
}
