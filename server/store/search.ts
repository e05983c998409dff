// SEARCH (RFC 3501 §6.4.4): case-insensitive substrings of decoded text in every script, never words of an
// index. A message is judged by what is cheap first: its row, then the rendered fields, the header, the
// text; what is decided early is never loaded further. Works in pieces, so that other sessions keep running.
import { db, raw, type sql } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { decodeUnstructured, parseHeaderFields } from '#lib/mail/header.ts';
import { toBuffer } from './blobs.ts';
import { SearchText } from './fold.ts';
import { readMailbox } from './mailbox-row.ts';
import {
  type Candidate,
  type Criterion,
  compileCriterion,
  type Stage,
} from './search-criterion.ts';
import { nextTurn, startLoop } from './turn.ts';
import { chunkUids } from './uid-condition.ts';

export type { Criterion } from './search-criterion.ts';

const maxNodes = 5000;
const maxDepth = 1200;
const rowsPerTurn = 2000;
const loadedStages = ['fields', 'header', 'text'] as const;
/** Messages that are loaded at a time. */
const loadedPerTurn: Record<Exclude<Stage, 'row'>, number> = {
  fields: 400,
  header: 200,
  text: 100,
};
/** Of one text key, and of all together: how long a text takes to look through grows with them. */
const maxNeedle = 500;
const maxNeedles = 5000;
/** HEADER looks no further than TEXT does (lib/mail/text.ts). */
const maxHeaderBytes = 256 * 1024;
/** A header has at most 10 MB (lib/mail/header.ts), decoded text less. */
const maxWeight = 10 * 1024 * 1024;
const maxPortionBytes = 16 * 1024 * 1024;

/** UIDs of the messages that fit, ascending. Refusal 'not-found', 'limit' for a monstrous criterion. */
export async function searchMessages(
  accountId: string,
  mailboxId: string,
  criterion: Criterion,
): Promise<number[]> {
  checkCost(criterion);
  await readMailbox(db, accountId, mailboxId);
  const test = compileCriterion(criterion);
  const columns = findColumns(criterion);
  const [first, last] = findUidBounds(criterion);
  const found: number[] = [];
  for (let from = first; ; ) {
    const rows = await selectRows(accountId, mailboxId, columns, from, last);
    const undecided: Candidate[] = [];
    for (const row of rows) {
      const verdict = test.match(row);
      if (verdict) found.push(row.uid);
      else if (verdict === null) undecided.push(row);
    }
    for (const uid of await judge(accountId, mailboxId, undecided, test)) found.push(uid);
    const end = rows.at(-1)?.uid;
    if (end === undefined || rows.length < rowsPerTurn) break;
    from = end + 1;
    await nextTurn();
  }
  return found.sort((a, b) => a - b);
}

type Compiled = ReturnType<typeof compileCriterion>;

/** Loads more of the candidates, portion by portion, until each is decided. Returns the UIDs that fit. */
async function judge(
  accountId: string,
  mailboxId: string,
  candidates: Candidate[],
  test: Compiled,
): Promise<number[]> {
  const found: number[] = [];
  const stages = loadedStages.filter((stage) => test.stages.has(stage));
  const size = Math.min(...stages.map((stage) => loadedPerTurn[stage]));
  const loop = startLoop();
  for (const portion of cutPortions(candidates, size)) {
    let open = portion;
    for (const stage of stages) {
      if (open.length === 0) break;
      await load(accountId, mailboxId, stage, open);
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

async function load(
  accountId: string,
  mailboxId: string,
  stage: Exclude<Stage, 'row'>,
  portion: Candidate[],
): Promise<void> {
  const byUid = new Map(portion.map((candidate) => [candidate.uid, candidate]));
  for (const { condition } of chunkUids(byUid.keys())) {
    await loaders[stage](accountId, mailboxId, condition, byUid);
  }
}

type Condition = ReturnType<typeof sql>;
type Loader = (
  accountId: string,
  mailboxId: string,
  condition: Condition,
  candidates: Map<number, Candidate>,
) => Promise<void>;
type Uid = { uid: bigint | number };

const loaders: Record<Exclude<Stage, 'row'>, Loader> = {
  fields: async (accountId, mailboxId, condition, candidates) => {
    const rows = await db.$queryRaw<
      (Uid &
        Record<'subject' | 'fromText' | 'toText' | 'ccText', string> & { sentAt: Date | null })[]
    >`SELECT "uid", "subject", "fromText", "toText", "ccText", "sentAt" FROM "Message"
      JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}`;
    fill(candidates, rows, 'fields', (row) => ({
      subject: new SearchText(() => row.subject),
      from: new SearchText(() => row.fromText),
      to: new SearchText(() => row.toText),
      cc: new SearchText(() => row.ccText),
      sentAt: row.sentAt,
    }));
  },
  header: async (accountId, mailboxId, condition, candidates) => {
    const rows = await db.$queryRaw<(Uid & { prefix: Uint8Array; header: Uint8Array })[]>`
      SELECT "uid", "prefix", "header" FROM "Message"
      JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}`;
    fill(candidates, rows, 'header', (row) => {
      const header = Buffer.concat([toBuffer(row.prefix), toBuffer(row.header)]);
      return parseHeaderFields(header.subarray(0, maxHeaderBytes)).map(({ key, rawValue }) => {
        return { key, rawValue, text: new SearchText(() => decodeUnstructured(rawValue)) };
      });
    });
  },
  text: async (accountId, mailboxId, condition, candidates) => {
    const rows = await db.$queryRaw<
      (Uid & { prefix: Uint8Array; header: string; body: string })[]
    >`SELECT "uid", "prefix", "header", "body" FROM "Message"
      JOIN "RenderingText" ON "RenderingText"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}`;
    fill(candidates, rows, 'text', (row) => ({
      header: new SearchText(() => `${toBuffer(row.prefix).toString('utf8')}${row.header}`),
      body: new SearchText(() => row.body),
    }));
  },
};

/** Gives each candidate what was loaded for it. */
function fill<R extends Uid, K extends 'fields' | 'header' | 'text'>(
  candidates: Map<number, Candidate>,
  rows: R[],
  stage: K,
  read: (row: R) => NonNullable<Candidate[K]>,
): void {
  for (const row of rows) {
    const candidate = candidates.get(Number(row.uid));
    if (candidate) candidate[stage] = read(row);
  }
}

type RowColumn = 'keywords' | 'internalDate' | 'savedAt' | 'emailId' | 'threadId';

/** Dates and ids cost more to read than all the rest of a row: only where a key asks for them. */
function findColumns(criterion: Criterion): RowColumn[] {
  const columns = new Set<RowColumn>();
  for (const node of walk(criterion)) {
    if (node.kind === 'keyword') columns.add('keywords');
    else if (node.kind === 'emailid') columns.add('emailId');
    else if (node.kind === 'threadid') columns.add('threadId');
    else if (node.kind === 'age') columns.add('internalDate');
    else if (node.kind === 'date' && node.field === 'internal') columns.add('internalDate');
    else if (node.kind === 'date' && node.field === 'saved') columns.add('savedAt');
  }
  return [...columns];
}

const unread = {
  keywords: '',
  emailId: '',
  threadId: '',
  internalDate: new Date(0),
  savedAt: new Date(0),
};

async function selectRows(
  accountId: string,
  mailboxId: string,
  columns: RowColumn[],
  from: number,
  to: number,
): Promise<Candidate[]> {
  const list = raw(
    ['uid', 'modseq', 'flags', 'sizeBytes', ...columns].map((column) => `"${column}"`).join(', '),
  );
  const rows = await db.$queryRaw<
    (Record<'uid' | 'modseq' | 'flags' | 'sizeBytes', bigint | number> &
      Partial<Pick<Candidate, RowColumn>>)[]
  >`SELECT ${list} FROM "Message" WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
    AND "uid" BETWEEN ${from} AND ${to} ORDER BY "uid" LIMIT ${rowsPerTurn}`;
  return rows.map((row) => ({
    ...unread,
    ...row,
    uid: Number(row.uid),
    modseq: Number(row.modseq),
    flags: Number(row.flags),
    sizeBytes: Number(row.sizeBytes),
  }));
}

/** The stretch of UIDs outside which nothing can fit. */
function findUidBounds(criterion: Criterion): [number, number] {
  const all: [number, number] = [1, 0xffff_ffff];
  if (criterion.kind === 'uid') {
    if (criterion.ranges.length === 0) return [1, 0];
    return criterion.ranges.reduce<[number, number]>(
      ([first, last], [a, b]) => [Math.min(first, a, b), Math.max(last, a, b)],
      [0xffff_ffff, 1],
    );
  }
  if (criterion.kind !== 'and') return all;
  return criterion.items.map(findUidBounds).reduce(([first, last], [a, b]) => {
    return [Math.max(first, a), Math.min(last, b)];
  }, all);
}

/** The criterion and everything in it. Without recursion, since this is what finds the endless ones. */
function* walk(criterion: Criterion): Generator<Criterion> {
  const open: [Criterion, number][] = [[criterion, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    if (depth > maxDepth) throw new Refusal('limit', 'The search is nested too deep.');
    yield node;
    if (node.kind === 'not') open.push([node.item, depth + 1]);
    else if (node.kind === 'and' || node.kind === 'or') {
      for (const item of node.items) open.push([item, depth + 1]);
    }
  }
}

/** Refusal 'limit' for a criterion that nobody needs and that others would wait for. */
function checkCost(criterion: Criterion): void {
  let nodes = 0;
  let needles = 0;
  for (const node of walk(criterion)) {
    const needle = node.kind === 'text' || node.kind === 'header' ? node.value.length : 0;
    needles += needle;
    if (++nodes > maxNodes) throw new Refusal('limit', 'The search has too many keys.');
    if (needle > maxNeedle || needles > maxNeedles) {
      throw new Refusal('limit', 'The texts to search for are too long.');
    }
  }
}
