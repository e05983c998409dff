// Recipients in the queue as staff of some domains sees them: those of mail that users of these domains have sent.
import { readAccount } from '#lib/accounts/account.ts';
import { isInScope, type Staff } from '#lib/accounts/staff.ts';
import { Refusal } from '#lib/errors.ts';
import { findEntry, type QueueEntry } from './entries.ts';

/** One recipient row. Refusal 'not-found', also for what others have sent. */
export async function requireEntryOf({ scope }: Staff, id: string): Promise<QueueEntry> {
  const entry = await findEntry(id);
  const sender = entry?.accountId ? await readAccount(entry.accountId) : null;
  if (entry && (scope === 'all' || (sender && isInScope(scope, sender.domainId)))) return entry;
  throw new Refusal('not-found', 'This recipient is not in the queue any more.');
}

/** One that the staff may try now. Refusal 'not-found'; 'forbidden' for what is held, which trying would let go. */
export async function requireRetryable(staff: Staff, id: string): Promise<void> {
  const { state } = await requireEntryOf(staff, id);
  if (state !== 'held' || staff.role === 'admin') return;
  throw new Refusal('forbidden', 'This mail is held: only a super admin lets it go.');
}
