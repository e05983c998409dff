// Mail that is not delivered at once: held, or scheduled by its sender. Every recipient, of mailboxes here too, waits in
// the queue under the address that was written to, and is resolved again when its time has come.
import type { HoldReason, QueuedRecipient } from '#lib/queue/enqueue.ts';
import type { Delivery } from './delivery.ts';

/** Stands first in the prefix of a queued message that was judged as junk; only this server writes there. */
const junkField = Buffer.from('X-Spam-Flag: YES\r\n');

/** Whether it waits; `at` is now. */
export function isDelayed({ heldFor, releaseAt }: Delivery, at: Date): boolean {
  return Boolean(heldFor) || (releaseAt instanceof Date && releaseAt > at);
}

/** What the queue calls the reason of a hold. */
export function holdReasonOf(heldFor: string | undefined): HoldReason | '' {
  if (!heldFor) return '';
  return heldFor === 'burst' || heldFor === 'admin' ? heldFor : 'rule';
}

/** One row an address that was written to, whatever it leads to. */
export function listWaiting({ mailboxes, remote }: Delivery): QueuedRecipient[] {
  const rows = new Map<string, QueuedRecipient>();
  for (const { address, originalTo = address, orcpt, notify } of mailboxes) {
    rows.set(originalTo, { recipient: originalTo, originalTo: orcpt, notify });
  }
  for (const { recipient, alias = recipient, originalTo, notify } of remote) {
    rows.set(alias, { recipient: alias, originalTo, notify });
  }
  return [...rows.values()];
}

/** The prefix of a queued message, with what was found. */
export function markJunk(prefix: Buffer, isJunk: boolean | undefined): Buffer {
  return isJunk ? Buffer.concat([junkField, prefix]) : prefix;
}

/** Whether the queued message goes into Junk mailboxes. */
export function isMarkedJunk(prefix: Uint8Array): boolean {
  return Buffer.from(prefix.subarray(0, junkField.length)).equals(junkField);
}
