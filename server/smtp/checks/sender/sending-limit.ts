// Submission: what a user may send in a day, and whether the user's mail is held (RFC 6409 §7). Told early here, before a
// body is sent for nothing; the last word has the transaction that takes the mail (server/delivery/local.ts), where
// messages of two connections are counted one after the other.
import { countNewRecipients, readSendingUsage } from '#lib/accounts/sending.ts';
import { describeExcess } from '#lib/accounts/sending-ledger.ts';
import { pass, passed, refuse, type Verdict } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const sendingLimit: Check<'mail'> = {
  name: 'sending-limit',
  title: 'Messages of a user in a day',
  audience: 'users',
  settings: ['sending.messagesPerDay'],
  async run({ client }) {
    const usage = client.account && (await readSendingUsage(client.account.id));
    if (!usage) return pass;
    const excess = describeExcess(usage, { messages: 1, newRecipients: 0 });
    if (excess) return refuse('sending-limit', excess);
    return usage.messageLimit === 0
      ? pass
      : passed(`${usage.today.messages + 1} of ${usage.messageLimit} messages today`);
  },
};

export const sendingLimitAtEnd: Check<'data'> = {
  name: 'sending-limit-at-end',
  title: 'New recipients of a user in a day; held senders',
  audience: 'users',
  settings: [
    'sending.newRecipientsPerDay',
    'sending.burstMinutes',
    'sending.burstMessages',
    'sending.burstRecipients',
    'sending.burstFactor',
  ],
  async run({ client, transaction }): Promise<Verdict> {
    const usage = client.account && (await readSendingUsage(client.account.id));
    if (!client.account || !usage) return pass;
    const outside = [...transaction.recipients.values()].flatMap(({ remote }) => remote);
    const newRecipients =
      usage.recipientLimit > 0 ? await countNewRecipients(client.account.id, outside) : 0;
    if (usage.recipientLimit > 0 && newRecipients > usage.recipientLimit) {
      const text = `You may write to ${usage.recipientLimit} new recipients a day; this message has ${newRecipients}`;
      return refuse('sending-never', text);
    }
    const excess = describeExcess(usage, { messages: 1, newRecipients });
    if (excess) return refuse('sending-limit', excess);
    if (!usage.hold) return pass;
    const note = `all mail of this user is held (${usage.hold})`;
    return { outcome: 'hold', reason: usage.hold, note };
  },
};
