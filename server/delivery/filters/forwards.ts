// Forwards by rules of users, counted inside the step of the delivery like mail that the owner of the rule sends. What
// is above the limits does not leave and stays here; the sender of the mail never hears of it.
import { BurstNoticed, type Counted, countSubmissions } from '#lib/accounts/sending-ledger.ts';
import type { Tx } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import type { Settings } from '#lib/settings/index.ts';

export type Forwarding = { accountId: string; forwards: string[] };

/**
 * For each, in their order: whether it may leave. Takes the locks of sending days, so it comes before mailboxes and
 * accounts.
 */
export async function countForwards(
  tx: Tx,
  forwardings: Forwarding[],
  settings: Settings,
): Promise<boolean[]> {
  if (forwardings.length === 0) return [];
  const outcomes = await countSubmissions(
    tx,
    forwardings.map(({ accountId, forwards }) => ({
      accountId,
      outside: forwards,
      mayHold: false,
    })),
    settings,
  );
  return outcomes.map((outcome) => mayLeave(outcome));
}

/** A burst, or a user whose mail is held: nothing of his leaves. */
function mayLeave(outcome: Counted | Error): boolean {
  if (outcome instanceof BurstNoticed || isRefusal(outcome)) return false;
  return !(outcome instanceof Error) && outcome.hold === '';
}
