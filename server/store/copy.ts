// COPY and MOVE (RFC 3501 §6.4.7, RFC 6851): rows are copied, bodies are shared. A copy keeps its EMAILID,
// THREADID, flags, keywords and INTERNALDATE (RFC 8474 §4, RFC 3501 §6.4.7) and gets a new UID; either
// every message arrives or none. Out of a mailbox of deleted messages it is a restore; into one nothing goes.
import { now } from '#lib/clock.ts';
import { type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { lockAll } from './deleted/keep.ts';
import {
  countUnseen,
  type LeavingRow,
  relocateRows,
  selectLeaving,
  sumSizes,
} from './deleted/leaving.ts';
import { pokeMailbox } from './journal.ts';
import { isRecoverable, recoverableName } from './mailbox-name.ts';
import { changeMailbox, type Mailbox } from './mailbox-row.ts';
import { returnPopUids } from './pop-uid.ts';
import { takeQuota } from './quota/quota.ts';
import { nextTurn } from './turn.ts';
import { chunkUids, renumber } from './uid-condition.ts';

/** What POP3 shows. */
const inbox = 'INBOX';

export type Copied = {
  /** Of the target mailbox (RFC 4315 §3 COPYUID). */
  uidValidity: number;
  /** UID in the source and UID in the target, ascending in both. */
  pairs: [number, number][];
  /** Of the source, where something was moved out of it. */
  highestModseq?: number;
};

/** Copies those UIDs that exist. Refusal 'not-found', 'over-quota', 'forbidden' (mailbox of deleted messages). */
export async function copyMessages(
  accountId: string,
  fromId: string,
  uids: number[],
  toId: string,
): Promise<Copied> {
  const copied = await write(async (tx) => {
    const { target } = await lockBoth(tx, accountId, fromId, toId);
    const rows = await selectLeaving(tx, accountId, fromId, uids, false);
    if (rows.length === 0) return { uidValidity: target.uidValidity, pairs: [] };
    await takeQuota(tx, accountId, toId, sumSizes(rows), rows.length);
    return insertCopies(tx, accountId, fromId, rows, toId);
  });
  if (copied.pairs.length > 0) pokeMailbox(accountId, toId);
  return copied;
}

/**
 * Moves those UIDs that exist: copy and removal are one. Refusal 'not-found', 'forbidden' (mailbox of deleted
 * messages), 'over-quota' for a restore.
 */
export async function moveMessages(
  accountId: string,
  fromId: string,
  uids: number[],
  toId: string,
): Promise<Copied> {
  const moved = await write((tx) => moveIn(tx, accountId, fromId, uids, toId));
  if (moved.pairs.length > 0) {
    pokeMailbox(accountId, toId);
    pokeMailbox(accountId, fromId);
  }
  return moved;
}

/** MOVE inside a step of the caller, who pokes both; null as `uids` means every message. */
export async function moveIn(
  tx: Tx,
  accountId: string,
  fromId: string,
  uids: number[] | null,
  toId: string,
): Promise<Copied> {
  const { source, target } = await lockBoth(tx, accountId, fromId, toId);
  const rows = await selectLeaving(tx, accountId, fromId, uids, false);
  if (rows.length === 0) return { uidValidity: target.uidValidity, pairs: [] };
  if (isRecoverable(source.name)) {
    await takeQuota(tx, accountId, toId, sumSizes(rows), rows.length);
  }
  const moved = await relocateRows(tx, accountId, fromId, rows, toId, false);
  if (target.name === inbox && source.name === recoverableName(inbox)) {
    const move = { accountId, fromId, toId, pairs: moved.pairs };
    await returnPopUids(tx, move, target.uidValidity);
  }
  return moved;
}

async function lockBoth(
  tx: Tx,
  accountId: string,
  fromId: string,
  toId: string,
): Promise<{ source: Mailbox; target: Mailbox }> {
  const [source, target] = await lockAll(tx, accountId, [fromId, toId]);
  if (!source || !target) throw new Refusal('not-found', 'There is no such mailbox.');
  if (isRecoverable(target.name)) {
    throw new Refusal('forbidden', 'Only deleted messages go there, by being deleted.');
  }
  return { source, target };
}

async function insertCopies(
  tx: Tx,
  accountId: string,
  fromId: string,
  rows: LeavingRow[],
  toId: string,
): Promise<Copied> {
  const target = await changeMailbox(tx, accountId, toId, {
    uids: rows.length,
    messages: rows.length,
    unseen: countUnseen(rows),
    sizeBytes: sumSizes(rows),
  });
  const firstUid = target.uidNext - rows.length;
  const savedAt = now();
  let copied = 0;
  for (const chunk of chunkUids(rows.map((row) => row.uid))) {
    await tx.$executeRaw`INSERT INTO "Message" ("accountId", "mailboxId", "uid", "modseq", "emailId",
      "threadId", "blobId", "prefix", "sizeBytes", "flags", "keywords", "internalDate", "savedAt")
      SELECT "accountId", ${toId}, ${renumber(chunk, firstUid + copied)},
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
