// Names and UIDVALIDITYs of an account's mailboxes are given out by one process at a time: two would give the
// same one twice, or put a mailbox below one that is just being deleted.
import type { Tx } from '#lib/db.ts';
import { holdName } from '#lib/dialect/index.ts';

/**
 * Until the transaction ends no other process changes the account's list of mailboxes. Comes before the locks of
 * mailboxes (lockMailbox), in every step.
 */
export async function holdNames(tx: Tx, accountId: string): Promise<void> {
  const hold = holdName(`mailboxes of ${accountId}`);
  if (hold) await tx.$queryRaw(hold);
}
