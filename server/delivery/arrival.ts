// The mailbox that new mail of an account goes into, made where the account has none yet.
import { Refusal } from '#lib/errors.ts';
import { ensureMailboxes, findArrivalMailboxes } from '#server/store/mailboxes.ts';

/** Id of the inbox (or for junk the Junk mailbox, where there is one) by account. Refusal 'not-found', 'unavailable'. */
export async function findArrivals(
  accountIds: string[],
  isJunk: boolean,
): Promise<Map<string, string>> {
  const ids = await findArrivalMailboxes(accountIds, isJunk);
  for (const accountId of accountIds) {
    if (!ids.has(accountId)) ids.set(accountId, await makeArrival(accountId, isJunk));
  }
  return ids;
}

/** An account that never got mail and never signed in has no mailboxes yet. */
async function makeArrival(accountId: string, isJunk: boolean): Promise<string> {
  await ensureMailboxes(accountId);
  const id = (await findArrivalMailboxes([accountId], isJunk)).get(accountId);
  if (!id) throw new Refusal('unavailable', 'The account has no inbox.');
  return id;
}
