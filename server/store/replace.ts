// REPLACE (RFC 8508): a message takes the place of another one, both in one transaction. The old one goes the way of
// every expunge (keep.ts), and goes first, so that its room counts for the new one.
//
// Invariant: mailboxes are locked before accounts, as everywhere; where two of these meet across mailboxes in both
// directions, PostgreSQL lets one of them run again.
import { write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { appendAllIn, type NewMessage, type Stored } from './append.ts';
import { lockWithTwin } from './deleted/keep.ts';
import { eraseRows, relocateRows, selectLeaving, sumSizes } from './deleted/leaving.ts';
import { pokeMailbox } from './journal.ts';
import { returnQuota } from './quota/quota.ts';

type Place = { accountId: string; mailboxId: string };

/** What has been stored; `highestModseq` is that of the source, as the old message went. */
export type Replaced = Stored & { highestModseq: number };

/**
 * Stores `message` in `target` and takes `uid` out of `source`, whatever its flags. Refusal 'not-found' (mailbox or
 * message), 'over-quota', 'forbidden', 'invalid', 'limit': nothing has changed then.
 */
export async function replaceMessage(
  source: Place & { uid: number },
  target: Place,
  message: NewMessage,
): Promise<Replaced> {
  const { accountId, mailboxId, uid } = source;
  const { stored, highestModseq, twinId } = await write(async (tx) => {
    const { twin } = await lockWithTwin(tx, accountId, mailboxId);
    const rows = await selectLeaving(tx, accountId, mailboxId, [uid], false);
    if (rows.length === 0) throw new Refusal('not-found', 'The message is gone.');
    if (twin) await returnQuota(tx, accountId, sumSizes(rows), rows.length);
    const { highestModseq } = twin
      ? await relocateRows(tx, accountId, mailboxId, rows, twin.id, true)
      : await eraseRows(tx, accountId, mailboxId, rows);
    const [outcome] = await appendAllIn(tx, [[{ ...message, ...target }]]);
    // Thrown, so that the old message is there again.
    if (!Array.isArray(outcome)) throw outcome;
    return { stored: outcome[0]!, highestModseq, twinId: twin?.id ?? null };
  });
  pokeMailbox(target.accountId, target.mailboxId);
  pokeMailbox(accountId, mailboxId);
  if (twinId) pokeMailbox(accountId, twinId);
  return { ...stored, highestModseq };
}
