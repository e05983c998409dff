// Expunge: messages leave for the twin of their mailbox, where they stay restorable (keep.ts); what is
// expunged there is gone for good. All in one transaction. The body goes later (cleanup.ts), when nothing
// points to it any more.
import { db, write } from '#lib/db.ts';
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
  const { expunged, twinId } = await write(async (tx) => {
    const { mailbox, twin } = await lockWithTwin(tx, accountId, mailboxId);
    const rows = await selectLeaving(tx, accountId, mailboxId, wanted, isDeletedOnly);
    const twinId = twin?.id ?? null;
    if (rows.length === 0) {
      return { expunged: { uids: [], highestModseq: mailbox.highestModseq }, twinId };
    }
    if (!twinId) return { expunged: await eraseRows(tx, accountId, mailboxId, rows), twinId };
    await returnQuota(tx, accountId, sumSizes(rows), rows.length);
    const kept = await relocateRows(tx, accountId, mailboxId, rows, twinId, true);
    await movePopUids(tx, { accountId, fromId: mailboxId, toId: twinId, pairs: kept.pairs });
    const gone = rows.map((row) => row.uid);
    return { expunged: { uids: gone, highestModseq: kept.highestModseq }, twinId };
  });
  if (expunged.uids.length > 0) {
    pokeMailbox(accountId, mailboxId);
    if (twinId) pokeMailbox(accountId, twinId);
  }
  return expunged;
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
