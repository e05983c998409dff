// Every refusal leaves a mark: in the event trail for people, in the counters for monitoring.
import { newId } from '#lib/id.ts';
import { recordEvent } from '#lib/trail/record.ts';
import { rejects } from '#server/metrics/index.ts';
import type { Stage } from './checks/stages.ts';
import { type Reply, replyOf } from './replies.ts';
import type { Client } from './session.ts';
import type { Refused } from './verdict.ts';

export type RefusedWhat = { traceId?: string; sender?: string; recipient?: string };

/** Notes the refusal and returns the reply for it. */
export function tellRefusal(
  stage: Stage,
  client: Client,
  verdict: Refused,
  what: RefusedWhat = {},
): Reply {
  const reply = replyOf(verdict);
  if (client.isRehearsal) return reply;
  rejects.inc({ stage, reason: verdict.reason });
  recordEvent({
    traceId: what.traceId ?? newId(),
    kind: 'refused',
    accountId: client.account?.id ?? null,
    sender: what.sender ?? '',
    recipient: what.recipient ?? '',
    remote: client.remote,
    reason: verdict.reason,
    text: `${reply.code} ${reply.enhanced} ${reply.text}`,
    detail: { stage, listener: client.listener, helo: client.helo },
  });
  return reply;
}
