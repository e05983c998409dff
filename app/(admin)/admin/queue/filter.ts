// The filter of the queue in the address of its page.
import type { HoldReason } from '#lib/queue/enqueue.ts';
import type { QueueFilter, QueueState } from '#lib/queue/filter.ts';

export const stateTexts: Record<QueueState, string> = {
  queued: 'waiting',
  sending: 'sending',
  held: 'held',
};

/** Why a recipient is held, in words. */
export const reasonTexts: Record<HoldReason, string> = {
  admin: 'by an administrator',
  rule: 'by a rule',
  burst: 'unusually much sent',
};

/** Hours, in words. */
export const ageTexts: Record<string, string> = {
  '1': 'older than an hour',
  '4': 'older than 4 hours',
  '24': 'older than a day',
  '72': 'older than 3 days',
};

export const filterNames = ['q', 'state', 'reason', 'domain', 'sender', 'age', 'reply'] as const;

/** What it does not know counts as not given. */
export function readFilter(parameters: Record<string, string>): QueueFilter {
  const {
    q = '',
    state = '',
    reason = '',
    domain = '',
    sender = '',
    age = '',
    reply = '',
  } = parameters;
  return {
    search: q.trim() || undefined,
    state: Object.hasOwn(stateTexts, state) ? (state as QueueState) : undefined,
    holdReason: Object.hasOwn(reasonTexts, reason) ? (reason as HoldReason) : undefined,
    domain: domain.trim() || undefined,
    sender: sender.trim() || undefined,
    minAgeHours: Number(age) > 0 && Number(age) < 10_000 ? Number(age) : undefined,
    reply: reply.trim() || undefined,
  };
}
