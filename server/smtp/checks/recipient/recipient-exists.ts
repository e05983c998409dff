// An unknown recipient is refused at once, so that this server never has to send a bounce for it to an
// address that may be forged (mta backscatter).
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const recipientExists: Check<'rcpt'> = {
  name: 'recipient-exists',
  title: 'The recipient exists',
  run({ resolution }) {
    if (resolution.status === 'unknown') {
      return refuse('unknown-recipient', 'There is no such mailbox here');
    }
    if (resolution.status === 'disabled') {
      return refuse('recipient-disabled', 'This mailbox does not receive mail');
    }
    return pass;
  },
};
