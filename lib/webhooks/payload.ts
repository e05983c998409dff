// What a webhook is sent: one event a call, as the Standard Webhooks convention has it. The reference page is made of this.
import { z } from 'zod';
import type { TrailEvent } from '../trail/list.ts';
import { hookEventNames, hookEventOf } from '../trail/outbox.ts';

const event = z.object({
  id: z.string().describe('of the event; the same when it is sent again'),
  kind: z
    .string()
    .describe('of the trail: "delivered" into a mailbox, "sent" to another server, …'),
  traceId: z.string().describe('the same for all events of a message'),
  messageId: z.string().describe('Message-ID without brackets; of arrivals'),
  sender: z.string().describe('of a change: who made it'),
  recipient: z.string().describe('of a change: what was changed'),
  remote: z.string().describe('the other side'),
  reason: z.string().describe('a named reason, or the code of the other side'),
  text: z.string().describe('words for a person; may come from strangers'),
});

export const hookPayload = z.object({
  type: z.enum([...hookEventNames, 'test']),
  timestamp: z.iso.datetime().describe('when it happened'),
  data: event,
});
export type HookPayload = z.output<typeof hookPayload>;

type Told = Omit<TrailEvent, 'accountId' | 'detail'>;

export function toPayload({ id, at, kind, ...row }: Told): HookPayload {
  const { traceId, messageId, sender, recipient, remote, reason, text } = row;
  return {
    type: hookEventOf(kind) ?? 'change',
    timestamp: at.toISOString(),
    data: { id, kind, traceId, messageId, sender, recipient, remote, reason, text },
  };
}

/** What the button "Test" sends. */
export function makeTestPayload(id: string, at: Date): HookPayload {
  const none = { traceId: '', messageId: '', sender: '', recipient: '', remote: '', reason: '' };
  const data = { id, kind: 'test', ...none, text: 'A test of this webhook' };
  return { type: 'test', timestamp: at.toISOString(), data };
}
