// COPY and MOVE (RFC 3501 §6.4.7, RFC 6851): rows are copied, bodies are shared. A copy keeps its EMAILID,
// THREADID, flags, keywords and INTERNALDATE (RFC 8474 §4, RFC 3501 §6.4.7) and gets a new UID; either
// every message arrives or none.
import { now } from '#lib/clock.ts';
import { type Tx, write } from '#lib/db.ts';
import { type LeavingRow, removeRows, selectLeaving, sumSizes } from './expunge.ts';
import { FLAG } from './flag-bits.ts';
import { pokeMailbox } from './journal.ts';
import { changeMailbox, lockMailbox } from './mailbox-row.ts';
import { takeQuota } from './quota.ts';
import { nextTurn } from './turn.ts';
import { chunkUids } from './uid-condition.ts';

export type Copied = {
  /** Of the target mailbox (RFC 4315 §3 COPYUID). */
  uidValidity: number;
  /** UID in the source and UID in the target, ascending in both. */
  pairs: [number, number][];
};

/** Copies those UIDs that exist. Refusal 'not-found', 'over-quota'. */
export async function copyMessages(
  accountId: string,
  fromId: string,
  uids: number[],
  toId: string,
): Promise<Copied> {
  const copied = await write(async (tx) => {
    await lockBoth(tx, accountId, fromId, toId);
    const rows = await selectLeaving(tx, accountId, fromId, uids, false);
    if (rows.length > 0) await takeQuota(tx, accountId, toId, sumSizes(rows), rows.length);
    return insertCopies(tx, accountId, fromId, rows, toId);
  });
  if (copied.pairs.length > 0) pokeMailbox(accountId, toId);
  return copied;
}

/** Moves those UIDs that exist: copy and removal are one. Refusal 'not-found'. */
export async function moveMessages(
  accountId: string,
  fromId: string,
  uids: number[],
  toId: string,
): Promise<Copied> {
  const moved = await write(async (tx) => {
    await lockBoth(tx, accountId, fromId, toId);
    return moveRows(tx, accountId, fromId, uids, toId);
  });
  if (moved.pairs.length > 0) {
    pokeMailbox(accountId, toId);
    pokeMailbox(accountId, fromId);
  }
  return moved;
}

/** MOVE inside a step; null as `uids` means every message. */
export async function moveRows(
  tx: Tx,
  accountId: string,
  fromId: string,
  uids: number[] | null,
  toId: string,
): Promise<Copied> {
  const rows = await selectLeaving(tx, accountId, fromId, uids, false);
  const copied = await insertCopies(tx, accountId, fromId, rows, toId);
  if (rows.length > 0) await removeRows(tx, accountId, fromId, rows);
  return copied;
}

/** Holds both mailboxes, always in one order so that two moves against each other cannot lock up. */
async function lockBoth(tx: Tx, accountId: string, fromId: string, toId: string): Promise<void> {
  for (const id of [...new Set([fromId, toId])].sort()) await lockMailbox(tx, accountId, id);
}

async function insertCopies(
  tx: Tx,
  accountId: string,
  fromId: string,
  rows: LeavingRow[],
  toId: string,
): Promise<Copied> {
  if (rows.length === 0) {
    return { uidValidity: (await lockMailbox(tx, accountId, toId)).uidValidity, pairs: [] };
  }
  const target = await changeMailbox(tx, accountId, toId, {
    uids: rows.length,
    messages: rows.length,
    unseen: rows.filter((row) => (row.flags & FLAG.seen) === 0).length,
    sizeBytes: sumSizes(rows),
  });
  const firstUid = target.uidNext - rows.length;
  const savedAt = now();
  let copied = 0;
  for (const chunk of chunkUids(rows.map((row) => row.uid))) {
    await tx.$executeRaw`INSERT INTO "Message" ("accountId", "mailboxId", "uid", "modseq", "emailId",
      "threadId", "blobId", "prefix", "sizeBytes", "flags", "keywords", "internalDate", "savedAt")
      SELECT "accountId", ${toId}, ${firstUid + copied - 1} + ROW_NUMBER() OVER (ORDER BY "uid"),
        ${target.highestModseq}, "emailId", "threadId", "blobId", "prefix", "sizeBytes", "flags",
        "keywords", "internalDate", ${savedAt} FROM "Message"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${fromId} AND ${chunk.condition}
      ORDER BY "uid"`;
    copied += chunk.uids.length;
    await nextTurn();
  }
  const pairs = rows.map((row, index): [number, number] => [row.uid, firstUid + index]);
  return { uidValidity: target.uidValidity, pairs };
}
