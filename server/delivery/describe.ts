// The events of a delivery: what a message was when it came, and where its copies are.
import type { NewEvent } from '#lib/trail/record.ts';
import type { Delivery, Target } from './delivery.ts';
import type { Place } from './filters/filing.ts';

/** That it came; `recipients`: copies and queue rows. */
export function describeArrival(delivery: Delivery, recipients: number): NewEvent {
  const { body, sender, accountId, trace, traceId } = delivery;
  return {
    traceId,
    kind: 'received',
    accountId,
    sender,
    remote: trace.remote ?? '',
    text: body.facts.subject,
    messageId: body.facts.messageId,
    detail: {
      helo: trace.helo,
      reverseName: trace.reverseName,
      protocol: trace.protocol,
      sizeBytes: body.sizeBytes,
      messageId: body.facts.messageId,
      recipients,
      findings: delivery.findings,
      secret: delivery.secret?.length ? delivery.secret : undefined,
    },
  };
}

/** Where a copy is, and why there. */
export function describeCopy(
  { traceId, sender, isJunk }: Delivery,
  target: Target,
  { mailboxId }: Place,
  uid: number,
): NewEvent {
  const { accountId, address, originalTo, filing } = target;
  const words = originalTo && originalTo !== address ? [`to the mailbox of ${address}`] : [];
  if (filing.note) words.push(filing.note);
  return {
    traceId,
    kind: 'delivered',
    accountId,
    sender,
    recipient: originalTo ?? address,
    text: words.join(', '),
    detail: { mailboxId, uid, isJunk },
  };
}
