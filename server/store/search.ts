// SEARCH (RFC 3501 §6.4.4): case-insensitive substrings of decoded text in every script, never words of an
// index. A message is judged by what is cheap first: its row, then the rendered fields, the header, the
// text; what is decided early is never loaded further. Works in pieces, so that other sessions keep running.
import { db, raw, type sql } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { parseHeaderFields } from '#lib/mail/header.ts';
import { toBuffer } from './blobs.ts';
import { readMailbox } from './mailbox-row.ts';
import {
  type Candidate,
  type Criterion,
  compileCriterion,
  type Stage,
} from './search-criterion.ts';
import { nextTurn } from './turn.ts';
import { chunkUids } from './uid-condition.ts';

export type { Criterion } from './search-criterion.ts';

const maxNodes = 5000;
const rowsPerTurn = 2000;
/** Messages that are loaded at a time; bodies may be large. */
const loadedPerTurn: Record<Exclude<Stage, 'row'>, number> = { fields: 400, header: 200, text: 50 };

/** UIDs of the messages that fit, ascending. Refusal 'not-found', 'limit' for a monstrous criterion. */
export async function searchMessages(
  accountId: string,
  mailboxId: string,
  criterion: Criterion,
): Promise<number[]> {
  if (countNodes(criterion) > maxNodes) throw new Refusal('limit', 'The search has too many keys.');
  await readMailbox(db, accountId, mailboxId);
  const test = compileCriterion(criterion);
  const [first, last] = findUidBounds(criterion);
  const found: number[] = [];
  for (let from = first; ; ) {
    const rows = await selectRows(accountId, mailboxId, from, last);
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

/** Loads more of the candidates, stage by stage, until each is decided. Returns the UIDs that fit. */
async function judge(
  accountId: string,
  mailboxId: string,
  candidates: Candidate[],
  test: Compiled,
): Promise<number[]> {
  const found: number[] = [];
  let open = candidates;
  for (const stage of ['fields', 'header', 'text'] as const) {
    if (!test.stages.has(stage) || open.length === 0) continue;
    const byUid = new Map(open.map((candidate) => [candidate.uid, candidate]));
    const next: Candidate[] = [];
    for (const { condition, uids } of chunkUids(byUid.keys(), loadedPerTurn[stage])) {
      const loaded = uids.map((uid) => byUid.get(uid)!);
      await loaders[stage](accountId, mailboxId, condition, byUid);
      for (const candidate of loaded) {
        const verdict = test.match(candidate);
        if (verdict) found.push(candidate.uid);
        else if (verdict === null) next.push(candidate);
        // What this stage brought is not kept for a whole folder, but for what still needs it.
        if (verdict !== null) forget(candidate);
      }
      await nextTurn();
    }
    open = next;
  }
  return found;
}

function forget(candidate: Candidate): void {
  candidate.fields = candidate.header = candidate.text = undefined;
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
      subject: row.subject,
      from: row.fromText,
      to: row.toText,
      cc: row.ccText,
      sentAt: row.sentAt,
    }));
  },
  header: async (accountId, mailboxId, condition, candidates) => {
    const rows = await db.$queryRaw<(Uid & { prefix: Uint8Array; header: Uint8Array })[]>`
      SELECT "uid", "prefix", "header" FROM "Message"
      JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}`;
    fill(candidates, rows, 'header', (row) =>
      parseHeaderFields(Buffer.concat([toBuffer(row.prefix), toBuffer(row.header)])),
    );
  },
  text: async (accountId, mailboxId, condition, candidates) => {
    const rows = await db.$queryRaw<
      (Uid & { prefix: Uint8Array; header: string; body: string })[]
    >`SELECT "uid", "prefix", "header", "body" FROM "Message"
      JOIN "RenderingText" ON "RenderingText"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}`;
    fill(candidates, rows, 'text', (row) => ({
      header: `${toBuffer(row.prefix).toString('utf8')}${row.header}`,
      body: row.body,
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

const rowColumns = raw(
  [
    'uid',
    'modseq',
    'flags',
    'keywords',
    'sizeBytes',
    'internalDate',
    'savedAt',
    'emailId',
    'threadId',
  ]
    .map((column) => `"${column}"`)
    .join(', '),
);

async function selectRows(
  accountId: string,
  mailboxId: string,
  from: number,
  to: number,
): Promise<Candidate[]> {
  const rows = await db.$queryRaw<
    (Record<'uid' | 'modseq' | 'flags' | 'sizeBytes', bigint | number> &
      Record<'keywords' | 'emailId' | 'threadId', string> &
      Record<'internalDate' | 'savedAt', Date>)[]
  >`SELECT ${rowColumns} FROM "Message" WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
    AND "uid" BETWEEN ${from} AND ${to} ORDER BY "uid" LIMIT ${rowsPerTurn}`;
  return rows.map((row) => ({
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

function countNodes(criterion: Criterion): number {
  const open = [criterion];
  let count = 0;
  for (let next = open.pop(); next && count <= maxNodes; next = open.pop()) {
    count++;
    if (next.kind === 'and' || next.kind === 'or') for (const item of next.items) open.push(item);
    else if (next.kind === 'not') open.push(next.item);
  }
  return count;
}
