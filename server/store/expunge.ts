// Expunge: messages leave for the twin of their mailbox, where they stay restorable (keep.ts); what is
// expunged there is gone for good. Each goes in one transaction, many in several. The body goes later (cleanup.ts),
// when nothing points to it any more.
import { db, type Tx, write } from '#lib/db.ts';
import { lockWithTwin } from './deleted/keep.ts';
import {
  type Expunged,
  eraseRows,
  relocateRows,
  selectLeaving,
  sumSizes,
} from './deleted/leaving.ts';
import { FLAG } from './flag-bits.ts';
import { pokeMailbox, readView } from './journal.ts';
import { readMailbox } from './mailbox-row.ts';
import { movePopUids } from './pop-uid.ts';
import { returnQuota } from './quota/quota.ts';

export {
  type Expunged,
  eraseRows as removeRows,
  selectLeaving,
  sumSizes,
} from './deleted/leaving.ts';

/** Messages of one transaction: a commit stops the event loop for as long as its pages are written. */
const messagesPerStep = 2500;

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
  // The look comes before the step, which holds the one writer; CLOSE mostly finds nothing.
  const wanted =
    uids === null
      ? await findDeleted(accountId, mailboxId)
      : (await selectLeaving(db, accountId, mailboxId, uids, isDeletedOnly)).map(({ uid }) => uid);
  if (wanted.length === 0) {
    return { uids: [], highestModseq: (await readMailbox(db, accountId, mailboxId)).highestModseq };
  }
  const expunged: Expunged = { uids: [], highestModseq: 0 };
  for (let start = 0; start < wanted.length; start += messagesPerStep) {
    const part = wanted.slice(start, start + messagesPerStep);
    const { gone, twinId } = await write((tx) =>
      removeIn(tx, accountId, mailboxId, part, isDeletedOnly),
    );
    expunged.highestModseq = gone.highestModseq;
    if (gone.uids.length === 0) continue;
    for (const uid of gone.uids) expunged.uids.push(uid);
    pokeMailbox(accountId, mailboxId);
    if (twinId) pokeMailbox(accountId, twinId);
  }
  return expunged;
}

async function removeIn(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  uids: number[],
  isDeletedOnly: boolean,
): Promise<{ gone: Expunged; twinId: string | null }> {
  const { mailbox, twin } = await lockWithTwin(tx, accountId, mailboxId);
  const rows = await selectLeaving(tx, accountId, mailboxId, uids, isDeletedOnly);
  const twinId = twin?.id ?? null;
  if (rows.length === 0)
    return { gone: { uids: [], highestModseq: mailbox.highestModseq }, twinId };
  if (!twinId) return { gone: await eraseRows(tx, accountId, mailboxId, rows), twinId };
  await returnQuota(tx, accountId, sumSizes(rows), rows.length);
  const kept = await relocateRows(tx, accountId, mailboxId, rows, twinId, true);
  await movePopUids(tx, { accountId, fromId: mailboxId, toId: twinId, pairs: kept.pairs });
  const gone = { uids: rows.map((row) => row.uid), highestModseq: kept.highestModseq };
  return { gone, twinId };
}

/** UIDs of the messages that have \Deleted. */
async function findDeleted(accountId: string, mailboxId: string): Promise<number[]> {
  const { roll } = await readView(accountId, mailboxId);
  const found: number[] = [];
  for (const [index, flags] of roll.flags.entries()) {
    if ((flags & FLAG.deleted) !== 0) found.push(roll.uids[index]!);
  }
  return found;
}
