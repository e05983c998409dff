// Submission: the envelope sender belongs to the login, as its own address or an alias of it
// (RFC 6409 §6.1). Nobody writes in another's name.
import { maySendAs } from '#lib/accounts/route.ts';
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const ownSender: Check<'mail'> = {
  name: 'own-sender',
  title: 'Sender belongs to the user',
  async run({ client, settings, sender }) {
    if (!client.isSubmission || !sender) return pass;
    const delimiter = settings['smtp.recipientDelimiter'];
    if (client.account && (await maySendAs(client.account.id, sender, delimiter))) return pass;
    return refuse('sender-not-owned', 'This sender address is not yours');
  },
};
