// COPY and MOVE where mailboxes of others are concerned (RFC 4314 §4): from one account to another, or with
// rights that do not allow every flag. Bodies are shared as always; the copy belongs to the target's owner and
// counts in the owner's quota. EMAILID and INTERNALDATE stay (RFC 8474 §4), and so does THREADID: it is opaque.
//
// Invariant: mailboxes are locked in the order (account, id), then the accounts, as everywhere.
import { now } from '#lib/clock.ts';
import { type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import type { Copied } from '../copy.ts';
import { lockAll } from '../deleted/keep.ts';
import { eraseRows, type LeavingRow, selectLeaving, sumSizes } from '../deleted/leaving.ts';
import { allFlags, FLAG, reshapedBit } from '../flag-bits.ts';
import { pokeMailbox } from '../journal.ts';
import { isRecoverable } from '../mailbox-name.ts';
import { changeMailbox, type Mailbox } from '../mailbox-row.ts';
import { lockQuotas, returnQuota, takeQuota } from '../quota/quota.ts';
import { nextTurn } from '../turn.ts';
import { chunkUids } from '../uid-condition.ts';

/** A mailbox and its owner. */
export type Owned = { accountId: string; mailboxId: string };

export type Crossing = {
  /** The messages leave the source, as one with the copy. */
  isMove: boolean;
  /** Flags that may arrive, and whether keywords may; null for all. */
  mask: { flags: number; keywords: boolean } | null;
};

/**
 * Copies or moves those UIDs that exist. The caller has checked what the user may do in both. Refusal
 * 'not-found', 'over-quota', 'forbidden' (mailbox of deleted messages).
 */
export async function copyAcross(
  from: Owned,
  uids: number[],
  to: Owned,
  crossing: Crossing,
): Promise<Copied> {
  const copied = await write((tx) => crossIn(tx, from, uids, to, crossing));
  if (copied.pairs.length > 0) {
    pokeMailbox(to.accountId, to.mailboxId);
    if (crossing.isMove) pokeMailbox(from.accountId, from.mailboxId);
  }
  return copied;
}

async function crossIn(
  tx: Tx,
  from: Owned,
  uids: number[],
  to: Owned,
  { isMove, mask }: Crossing,
): Promise<Copied> {
  const { source, target } = await lockBoth(tx, from, to);
  if (isRecoverable(target.name)) {
    throw new Refusal('forbidden', 'Only deleted messages go there, by being deleted.');
  }
  const rows = await selectLeaving(tx, from.accountId, from.mailboxId, uids, false);
  if (rows.length === 0) return { uidValidity: target.uidValidity, pairs: [] };
  const isCounted = !isRecoverable(source.name);
  await lockQuotas(tx, [from.accountId, to.accountId]);
  if (isMove && isCounted) await returnQuota(tx, from.accountId, sumSizes(rows), rows.length);
  await takeQuota(tx, to.accountId, to.mailboxId, sumSizes(rows), rows.length);
  const copied = await insertCopies(tx, from, rows, to, mask);
  if (!isMove) return copied;
  const { highestModseq } = await eraseRows(tx, from.accountId, from.mailboxId, rows);
  return { ...copied, highestModseq };
}

async function lockBoth(
  tx: Tx,
  from: Owned,
  to: Owned,
): Promise<{ source: Mailbox; target: Mailbox }> {
  const locked = new Map<string, Mailbox>();
  const accountIds = [...new Set([from.accountId, to.accountId])].sort();
  for (const accountId of accountIds) {
    const ids = [from, to].filter((one) => one.accountId === accountId);
    const mailboxIds = ids.map(({ mailboxId }) => mailboxId);
    for (const mailbox of await lockAll(tx, accountId, mailboxIds)) {
      if (mailbox) locked.set(`${accountId} ${mailbox.id}`, mailbox);
    }
  }
  const source = locked.get(`${from.accountId} ${from.mailboxId}`);
  const target = locked.get(`${to.accountId} ${to.mailboxId}`);
  if (!source || !target) throw new Refusal('not-found', 'There is no such mailbox.');
  return { source, target };
}

async function insertCopies(
  tx: Tx,
  from: Owned,
  rows: LeavingRow[],
  to: Owned,
  mask: Crossing['mask'],
): Promise<Copied> {
  const flags = (mask?.flags ?? allFlags) | reshapedBit;
  const hasKeywords = mask?.keywords === false ? 0 : 1;
  const target = await changeMailbox(tx, to.accountId, to.mailboxId, {
    uids: rows.length,
    messages: rows.length,
    unseen: rows.filter((row) => (row.flags & flags & FLAG.seen) === 0).length,
    sizeBytes: sumSizes(rows),
  });
  const firstUid = target.uidNext - rows.length;
  const savedAt = now();
  let done = 0;
  for (const chunk of chunkUids(rows.map((row) => row.uid))) {
    await tx.$executeRaw`INSERT INTO "Message" ("accountId", "mailboxId", "uid", "modseq", "emailId",
      "threadId", "blobId", "prefix", "sizeBytes", "flags", "keywords", "internalDate", "savedAt")
      SELECT ${to.accountId}, ${to.mailboxId},
        ${firstUid + done - 1} + ROW_NUMBER() OVER (ORDER BY "uid"), ${target.highestModseq},
        "emailId", "threadId", "blobId", "prefix", "sizeBytes", "flags" & ${flags},
        CASE WHEN ${hasKeywords} = 1 THEN "keywords" ELSE '' END, "internalDate", ${savedAt}
      FROM "Message" WHERE "accountId" = ${from.accountId} AND "mailboxId" = ${from.mailboxId}
      AND ${chunk.condition} ORDER BY "uid"`;
    done += chunk.uids.length;
    await nextTurn();
  }
  const pairs = rows.map((row, index): [number, number] => [row.uid, firstUid + index]);
  return { uidValidity: target.uidValidity, pairs };
}
