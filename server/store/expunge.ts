// Messages leave a mailbox: the row goes, a tombstone with the MODSEQ stays (RFC 7162 §3.2.10), counters
// follow, all in one transaction. The body goes later (cleanup.ts), when nothing points to it any more.
import { sql, type Tx, write } from '#lib/db.ts';
import { FLAG } from './flag-bits.ts';
import { pokeMailbox } from './journal.ts';
import { changeMailbox, lockMailbox } from './mailbox-row.ts';
import { returnQuota } from './quota.ts';
import { nextTurn } from './turn.ts';
import { chunkUids } from './uid-condition.ts';

export type Expunged = { uids: number[]; highestModseq: number };

/**
 * Removes messages that have \Deleted: those of `uids` (RFC 4315 §2.1), or all of the mailbox for null.
 * Returns the UIDs that went, ascending. Refusal 'not-found'.
 */
export function expungeMessages(
  accountId: string,
  mailboxId: string,
  uids: number[] | null,
): Promise<Expunged> {
  return removeAndPoke(accountId, mailboxId, uids, true);
}

/** Removes messages whatever their flags. Refusal 'not-found'. */
export function removeMessages(
  accountId: string,
  mailboxId: string,
  uids: number[],
): Promise<Expunged> {
  return removeAndPoke(accountId, mailboxId, uids, false);
}

async function removeAndPoke(
  accountId: string,
  mailboxId: string,
  uids: number[] | null,
  isDeletedOnly: boolean,
): Promise<Expunged> {
  const expunged = await write(async (tx) => {
    const { highestModseq } = await lockMailbox(tx, accountId, mailboxId);
    const rows = await selectLeaving(tx, accountId, mailboxId, uids, isDeletedOnly);
    if (rows.length === 0) return { uids: [], highestModseq };
    await returnQuota(tx, accountId, sumSizes(rows), rows.length);
    return removeRows(tx, accountId, mailboxId, rows);
  });
  if (expunged.uids.length > 0) pokeMailbox(accountId, mailboxId);
  return expunged;
}

/** What has to be known of a row to take it out of the counters. */
export type LeavingRow = { uid: number; flags: number; sizeBytes: number };

export function sumSizes(rows: LeavingRow[]): number {
  return rows.reduce((sum, row) => sum + row.sizeBytes, 0);
}

/** The rows of those UIDs (null = all) that exist, by UID. */
export async function selectLeaving(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  uids: number[] | null,
  isDeletedOnly: boolean,
): Promise<LeavingRow[]> {
  const conditions = uids === null ? [sql`1 = 1`] : chunkUids(uids).map((chunk) => chunk.condition);
  const found: LeavingRow[] = [];
  for (const condition of conditions) {
    const rows = await tx.$queryRaw<Record<keyof LeavingRow, bigint | number>[]>`
      SELECT "uid", "flags", "sizeBytes" FROM "Message"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${condition}
      AND (${isDeletedOnly ? FLAG.deleted : 0} = 0 OR ("flags" & ${FLAG.deleted}) <> 0) ORDER BY "uid"`;
    for (const row of rows) {
      found.push({
        uid: Number(row.uid),
        flags: Number(row.flags),
        sizeBytes: Number(row.sizeBytes),
      });
    }
    await nextTurn();
  }
  return found;
}

/**
 * Removes rows of one mailbox (at least one), with tombstones and the mailbox's counters; the account's
 * are the caller's matter, since a move does not touch them.
 */
export async function removeRows(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  rows: LeavingRow[],
): Promise<Expunged> {
  const { highestModseq } = await changeMailbox(tx, accountId, mailboxId, {
    messages: -rows.length,
    unseen: -rows.filter((row) => (row.flags & FLAG.seen) === 0).length,
    sizeBytes: -sumSizes(rows),
  });
  const uids = rows.map((row) => row.uid);
  for (const chunk of chunkUids(uids)) {
    await tx.$executeRaw`INSERT INTO "Tombstone" ("accountId", "mailboxId", "uid", "modseq")
      SELECT "accountId", "mailboxId", "uid", ${highestModseq} FROM "Message"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition}`;
    await tx.$executeRaw`DELETE FROM "Message"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition}`;
    await nextTurn();
  }
  return { uids, highestModseq };
}
