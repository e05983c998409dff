// RFC 5321 §4.5.3.1.10: with too many recipients the rest is refused for now, and those before it stay. One who is
// named again is no other recipient, but without end that is work without end.
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const recipientCount: Check<'rcpt'> = {
  name: 'recipient-count',
  title: 'Recipients of a message',
  settings: ['smtp.maxRecipients'],
  run({ settings, transaction: { recipients, accepted }, recipient }) {
    const most = settings['smtp.maxRecipients'];
    const isKnown = recipient !== null && recipients.has(recipient);
    if (isKnown ? accepted.length < 2 * most : recipients.size < most) return pass;
    return refuse('too-many-recipients', 'Too many recipients, send the rest in another round');
  },
};
