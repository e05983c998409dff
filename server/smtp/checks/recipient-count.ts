// RFC 5321 §4.5.3.1.10: with too many recipients the rest is refused for now, and those before it stay.
import { pass, refuse } from '../verdict.ts';
import type { Check } from './stages.ts';

export const recipientCount: Check<'rcpt'> = {
  name: 'recipient-count',
  title: 'Recipients of a message',
  settings: ['smtp.maxRecipients'],
  run({ settings, transaction, recipient }) {
    if (recipient !== null && transaction.recipients.has(recipient)) return pass;
    if (transaction.recipients.size < settings['smtp.maxRecipients']) return pass;
    return refuse('too-many-recipients', 'Too many recipients, send the rest in another round');
  },
};
