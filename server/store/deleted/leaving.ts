// Messages leave a mailbox, for another one or for good. The row goes, a tombstone with the MODSEQ stays
// (RFC 7162 §3.2.10), the counters of the mailboxes follow; those of the account are the caller's matter.
// Every function here wants the mailboxes locked.
import { now } from '#lib/clock.ts';
import { type Db, empty, type Sql, sql, type Tx } from '#lib/db.ts';
import { allBits, FLAG } from '../flag-bits.ts';
import { changeMailbox } from '../mailbox-row.ts';
import { nextTurn } from '../turn.ts';
import { chunkUids, renumber, type UidChunk } from '../uid-condition.ts';

const dayMs = 86_400_000;
/** Fewer than of other changes: three indexes change with each, and where the mailbox is large they are read first. */
const relocatedPerStatement = 250;

/** What has to be known of a row to take it out of the counters. */
export type LeavingRow = { uid: number; flags: number; sizeBytes: number };

export type Expunged = { uids: number[]; highestModseq: number };

export type Relocated = {
  /** Of the target mailbox (RFC 4315 §3 COPYUID). */
  uidValidity: number;
  /** UID in the source and UID in the target, ascending in both. */
  pairs: [number, number][];
  /** Of the source. */
  highestModseq: number;
};

export function sumSizes(rows: LeavingRow[]): number {
  return rows.reduce((sum, row) => sum + row.sizeBytes, 0);
}

/** How many of the rows count as unseen. */
export function countUnseen(rows: LeavingRow[]): number {
  return rows.filter((row) => (row.flags & FLAG.seen) === 0).length;
}

/** The rows of those UIDs (null = all) that exist, by UID; with `isDeletedOnly` those with \Deleted. */
export async function selectLeaving(
  source: Db,
  accountId: string,
  mailboxId: string,
  uids: number[] | null,
  isDeletedOnly: boolean,
): Promise<LeavingRow[]> {
  const conditions = uids === null ? [sql`1 = 1`] : chunkUids(uids).map((chunk) => chunk.condition);
  const found: LeavingRow[] = [];
  for (const condition of conditions) {
    const rows = await source.$queryRaw<Record<keyof LeavingRow, bigint | number>[]>`
      SELECT "uid", "flags", "sizeBytes" FROM "Message"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}
      AND (${isDeletedOnly ? FLAG.deleted : 0} = 0 OR ("flags" & ${FLAG.deleted}) <> 0) ORDER BY "uid"`;
    for (const row of rows) found.push(toLeaving(row));
    await nextTurn();
  }
  return found;
}

/** The first rows of a mailbox, by UID. */
export async function selectFirst(
  source: Db,
  accountId: string,
  mailboxId: string,
  limit: number,
): Promise<LeavingRow[]> {
  const rows = await source.$queryRaw<Record<keyof LeavingRow, bigint | number>[]>`
    SELECT "uid", "flags", "sizeBytes" FROM "Message"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} ORDER BY "uid" LIMIT ${limit}`;
  return rows.map(toLeaving);
}

function toLeaving(row: Record<keyof LeavingRow, bigint | number>): LeavingRow {
  return { uid: Number(row.uid), flags: Number(row.flags), sizeBytes: Number(row.sizeBytes) };
}

/**
 * Gives rows (at least one) new UIDs in another mailbox. EMAILID, THREADID, flags, keywords, INTERNALDATE and
 * body stay. With `isKept` it is an expunge: \Deleted goes, and the tombstones say where the messages are.
 */
export async function relocateRows(
  tx: Tx,
  accountId: string,
  fromId: string,
  rows: LeavingRow[],
  toId: string,
  isKept: boolean,
): Promise<Relocated> {
  const moved = { messages: rows.length, unseen: countUnseen(rows), sizeBytes: sumSizes(rows) };
  const target = await changeMailbox(tx, accountId, toId, { uids: rows.length, ...moved });
  const { highestModseq } = await takeOut(tx, accountId, fromId, moved);
  const firstUid = target.uidNext - rows.length;
  const savedAt = now();
  const flags = isKept ? allBits - FLAG.deleted : allBits;
  let done = 0;
  const uids = rows.map((row) => row.uid);
  for (const chunk of chunkUids(uids, relocatedPerStatement)) {
    const newUid = renumber(chunk, firstUid + done);
    const kept = isKept ? newUid : sql`0`;
    await insertTombstones(tx, accountId, fromId, highestModseq, chunk.condition, kept);
    // The row is changed in its place: of five index entries only those with mailbox or UID are new.
    await tx.$executeRaw`UPDATE "Message" SET "mailboxId" = ${toId},
      "uid" = ${chunk.hasGaps ? sql`"arrived"."newUid"` : newUid},
      "modseq" = ${target.highestModseq}, "flags" = "flags" & ${flags}, "savedAt" = ${savedAt}
      ${chunk.hasGaps ? numberRows(accountId, fromId, chunk, newUid) : empty}
      WHERE "Message"."accountId" = ${accountId} AND "Message"."mailboxId" = ${fromId}
      AND ${chunk.hasGaps ? sql`"Message"."uid" = "arrived"."oldUid"` : chunk.condition}`;
    done += chunk.uids.length;
    await nextTurn();
  }
  const pairs = rows.map((row, index): [number, number] => [row.uid, firstUid + index]);
  return { uidValidity: target.uidValidity, pairs, highestModseq };
}

/** FROM of an UPDATE, whose SET may not number rows itself. */
function numberRows(accountId: string, mailboxId: string, chunk: UidChunk, newUid: Sql): Sql {
  return sql`FROM (SELECT "uid" AS "oldUid", ${newUid} AS "newUid" FROM "Message"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition})
    AS "arrived"`;
}

/** Removes rows (at least one) for good. */
export async function eraseRows(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  rows: LeavingRow[],
): Promise<Expunged> {
  const moved = { messages: rows.length, unseen: countUnseen(rows), sizeBytes: sumSizes(rows) };
  const { highestModseq } = await takeOut(tx, accountId, mailboxId, moved);
  const wantedAt = now();
  for (const chunk of chunkUids(rows.map((row) => row.uid))) {
    await insertTombstones(tx, accountId, mailboxId, highestModseq, chunk.condition, sql`0`);
    // Who has read the row a moment ago still finds the body: cleanup.ts waits an hour from here.
    await tx.$executeRaw`UPDATE "Blob" SET "createdAt" = ${wantedAt} WHERE "id" IN (
      SELECT "blobId" FROM "Message" WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
      AND ${chunk.condition})`;
    await tx.$executeRaw`DELETE FROM "Message"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition}`;
    await nextTurn();
  }
  return { uids: rows.map((row) => row.uid), highestModseq };
}

function takeOut(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  { messages, unseen, sizeBytes }: { messages: number; unseen: number; sizeBytes: number },
) {
  return changeMailbox(tx, accountId, mailboxId, {
    messages: -messages,
    unseen: -unseen,
    sizeBytes: -sizeBytes,
    hasGone: true,
  });
}

/** Tombstones of rows that are still there; `keptUid`: SQL of the UID where a message is kept, 0 = nowhere. */
async function insertTombstones(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  modseq: number,
  condition: Sql,
  keptUid: Sql,
): Promise<void> {
  const day = Math.floor(now().getTime() / dayMs);
  await tx.$executeRaw`INSERT INTO "Tombstone"
    ("accountId", "mailboxId", "uid", "modseq", "keptUid", "day")
    SELECT "accountId", "mailboxId", "uid", ${modseq}, ${keptUid}, ${day} FROM "Message"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}`;
}
