// Mailboxes that rules name, found or made before the transaction of a delivery.
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { createMailbox, findMailbox, setSubscription } from '#server/store/mailboxes.ts';

const uses = {
  trash: ['\\Trash', 'Trash'],
  junk: ['\\Junk', 'Junk'],
  archive: ['\\Archive', 'Archive'],
} as const;
export type Use = keyof typeof uses;

/** Id of the mailbox of that name, made (and subscribed) where it is missing. Refusal as `createMailbox`. */
export async function findOrMakeFolder(accountId: string, name: string): Promise<string> {
  const known = await findMailbox(accountId, name);
  if (known) return known.id;
  try {
    const { id } = await createMailbox(accountId, name);
    await setSubscription(accountId, name, true);
    return id;
  } catch (error) {
    // Another delivery was quicker.
    const made = isRefusal(error, 'exists') ? await findMailbox(accountId, name) : null;
    if (made) return made.id;
    throw error;
  }
}

/** Id of the mailbox of that use; where there is none, of the one with its name, made where it is missing. */
export async function findOrMakeUse(accountId: string, use: Use): Promise<string> {
  const [specialUse, name] = uses[use];
  const row = await db.mailbox.findFirst({
    where: { accountId, specialUse },
    select: { id: true },
  });
  return row?.id ?? findOrMakeFolder(accountId, name);
}
