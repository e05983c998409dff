// Every refusal leaves a mark: in the event trail for people, in the counters for monitoring. Of a client that is
// refused without end the trail keeps the first of each minute: to be refused costs nothing, and a disk is finite.
import { limitKey } from '#lib/accounts/network.ts';
import { newId } from '#lib/id.ts';
import { mayRecord } from '#lib/trail/flood.ts';
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
  if (!mayRecord(limitKey(client.remote))) return reply;
  recordEvent({
    traceId: what.traceId ?? newId(),
    kind: 'refused',
    accountId: client.account?.id ?? null,
    sender: what.sender ?? '',
    recipient: what.recipient ?? '',
    remote: client.remote,
    reason: verdict.reason,
    text: `${reply.code} ${reply.enhanced} ${reply.text}`,
    detail: {
      stage,
      listener: client.listener,
      helo: client.helo,
      findings: findingsOf(verdict),
    },
  });
  return reply;
}

/** What the words to the other side leave out: which rule, which list, which policy. */
function findingsOf({ outcome, reason, note = '' }: Refused): object[] {
  return note === '' ? [] : [{ check: reason, outcome, note: note.slice(0, 200) }];
}
