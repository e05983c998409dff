// What the command line says of a user or shared mailbox that was deleted: until when it can be restored.
import { findAccount } from '#lib/accounts/account.ts';
import { readPurgeTime } from '#lib/accounts/deleted-account.ts';

/** Of "user" or "shared mailbox". */
export async function describeDeleted(what: string, address: string): Promise<string> {
  const kept = await findAccount(address);
  const until = kept && (await readPurgeTime(kept));
  if (!until) return `Removed ${what} ${address}`;
  return `Deleted ${what} ${address}; restorable until ${until.toISOString().slice(0, 10)}`;
}
