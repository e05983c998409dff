// What was expunged stays restorable for a while (setting storage.undeleteDays): it waits in the twin of its
// mailbox (keep.ts), beside the quota, until it is restored, expunged there too, or purged.
import { type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { type Copied, moveIn } from '../copy.ts';
import { holdNames } from '../hold-names.ts';
import { pokeMailbox } from '../journal.ts';
import {
  canonicalName,
  isRecoverable,
  isReserved,
  originalName,
  recoverableName,
  recoverableRoot,
} from '../mailbox-name.ts';
import { readMailbox } from '../mailbox-row.ts';
import { createIn, findIn, findMailbox, type Mailbox } from '../mailboxes.ts';
import { findFreeUse } from '../special-use.ts';

export { isRecoverable, originalName, recoverableName, recoverableRoot } from '../mailbox-name.ts';
export { type DeletedMessage, listDeleted } from './recoverable-list.ts';
export { purgeAccount, purgeDeleted } from './recoverable-purge.ts';

export type Restored = Copied & {
  /** Where the messages are now. */
  mailboxId: string;
  name: string;
};

/** The twin of the mailbox of that name, given with or without "#deleted/"; null where nothing is kept. */
export function findRecoverable(accountId: string, name: string): Promise<Mailbox | null> {
  return findMailbox(accountId, isReserved(name) ? name : recoverableName(name));
}

/**
 * Moves deleted messages (those of `uids` that exist in the twin, or all for null) back to the mailbox they were in, or to
 * `targetName`; a mailbox that is no more is made again, with the special use of its name. All or none. `also` runs in the same transaction.
 * Refusal 'not-found' (also where none of them is kept), 'over-quota', 'forbidden' (a target of the server's),
 * 'invalid', 'limit'.
 */
export async function restoreMessages(
  accountId: string,
  twinId: string,
  uids: number[] | null,
  targetName?: string,
  also?: (tx: Tx, restored: Restored) => Promise<void>,
): Promise<Restored> {
  const restored = await write(async (tx) => {
    await holdNames(tx, accountId);
    const twin = await readMailbox(tx, accountId, twinId);
    if (!isRecoverable(twin.name)) {
      throw new Refusal('not-found', 'There is no such mailbox of deleted messages.');
    }
    const name = canonicalName(targetName ?? originalName(twin.name));
    if (isRecoverable(name)) {
      throw new Refusal('forbidden', `Names below ${recoverableRoot} belong to the server.`);
    }
    const found = await findIn(tx, accountId, name);
    const { id } =
      found ?? (await createIn(tx, accountId, name, await findFreeUse(tx, accountId, name)));
    const outcome = {
      ...(await moveIn(tx, accountId, twinId, uids, id)),
      mailboxId: id,
      name,
    };
    if (outcome.pairs.length === 0) {
      throw new Refusal('not-found', 'There are no such deleted messages.');
    }
    await also?.(tx, outcome);
    return outcome;
  });
  pokeMailbox(accountId, restored.mailboxId);
  pokeMailbox(accountId, twinId);
  return restored;
}
