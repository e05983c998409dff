// LMTP (RFC 2033): another mail server on this machine hands mail to mailboxes here. It keeps a queue of its own, so
// each recipient gets a reply of its own: a full mailbox does not keep the message from the others.
import { handOver, refuseMessage, takeMessage } from '../dialogue.ts';
import { type Reply, verdictOfError } from '../replies.ts';
import type { Client, Transaction } from '../session.ts';
import type { Outcome } from './outcome.ts';

/** Takes the message in; one reply for each accepted RCPT, in their order (RFC 2033 §4.2). */
export async function receiveForEach(
  client: Client,
  transaction: Transaction,
  stream: AsyncIterable<Buffer>,
): Promise<Outcome> {
  const forAll = (reply: Reply) => transaction.accepted.map(() => reply);
  const taken = await takeMessage(client, transaction, stream);
  if ('reply' in taken) {
    return { replies: forAll(taken.reply), isTaken: false, isFlood: taken.isFlood === true };
  }
  const ok = { code: 250, enhanced: '2.0.0', text: `Ok: queued as ${transaction.traceId}` };
  try {
    await handOver(client, transaction, taken.body);
    return { replies: forAll(ok), isTaken: true, isFlood: false };
  } catch (error) {
    if (transaction.recipients.size === 1) {
      const { reply } = refuseMessage(client, transaction, verdictOfError(error));
      return { replies: forAll(reply), isTaken: false, isFlood: false };
    }
  }
  // One of them stood in the way of all: now each for himself.
  const replies = new Map<string, Reply>();
  for (const [address, recipient] of transaction.recipients) {
    const isFirst = replies.size === 0;
    const marks = { ...transaction.marks, copyTo: isFirst ? transaction.marks.copyTo : [] };
    const own = { ...transaction, recipients: new Map([[address, recipient]]), marks };
    try {
      await handOver(client, own, taken.body);
      replies.set(address, ok);
    } catch (error) {
      replies.set(address, refuseMessage(client, own, verdictOfError(error)).reply);
    }
  }
  return {
    replies: transaction.accepted.map((address) => replies.get(address) ?? ok),
    isTaken: [...replies.values()].includes(ok),
    isFlood: false,
  };
}
