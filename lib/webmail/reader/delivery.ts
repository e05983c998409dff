// What became of a message its sender sent: for each recipient the last thing that happened, and when it is tried again.
import { db } from '../../db.ts';
import { readStory, type StoryEvent } from '../../trail/story.ts';

export type DeliveryState = {
  recipient: string;
  kind: 'waiting' | 'deferred' | 'sent' | 'delivered' | 'failed';
  /** The other server; hostile text, as the next */
  remote: string;
  text: string;
  /** ISO */
  nextAt: string | null;
};

const mostRecipients = 200;
const kinds: Partial<Record<StoryEvent['kind'], DeliveryState['kind']>> = {
  queued: 'waiting',
  deferred: 'deferred',
  sent: 'sent',
  delivered: 'delivered',
  bounced: 'failed',
  dropped: 'failed',
  refused: 'failed',
};

/** States of the recipients of a message the account sent; empty where it did not, or nothing is known any more. */
export async function readDeliveryStates(
  accountId: string,
  messageId: string,
): Promise<DeliveryState[]> {
  const id = messageId.trim().replace(/^<|>$/g, '').slice(0, 320);
  if (id === '') return [];
  const arrivals = await db.trailEvent.findMany({
    where: { messageId: id, kind: 'received', accountId },
    select: { traceId: true },
    take: 10,
  });
  if (arrivals.length === 0) return [];
  const states = new Map<string, DeliveryState>();
  for (const { kind, recipient, remote, text } of await readStory(accountId, messageId)) {
    const known = kinds[kind];
    if (!known || recipient === '') continue;
    if (!states.has(recipient) && states.size >= mostRecipients) continue;
    states.set(recipient, {
      recipient,
      kind: known,
      remote,
      text: text.slice(0, 300),
      nextAt: null,
    });
  }
  const isWaiting = [...states.values()].some(({ kind }) => kind === 'deferred');
  if (isWaiting)
    await addNextTries(
      states,
      arrivals.map(({ traceId }) => traceId),
    );
  return [...states.values()];
}

async function addNextTries(states: Map<string, DeliveryState>, traceIds: string[]): Promise<void> {
  const messages = await db.queueMessage.findMany({
    where: { traceId: { in: traceIds } },
    select: { id: true },
    take: 50,
  });
  const rows = await db.queueRecipient.findMany({
    where: { messageId: { in: messages.map(({ id }) => id) } },
    select: { recipient: true, nextAttemptAt: true },
    take: mostRecipients,
  });
  for (const { recipient, nextAttemptAt } of rows) {
    const state = states.get(recipient);
    if (state) state.nextAt = nextAttemptAt.toISOString();
  }
}
