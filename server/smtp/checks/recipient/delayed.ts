// A refusal that was found at the connection, HELO or MAIL and waits for the recipient, so that the trail
// knows whom the mail was for and postmaster stays reachable (Postfix: smtpd_delay_reject).
import { pass } from '../../verdict.ts';
import { isOffice } from '../once.ts';
import type { Check } from '../stages.ts';

export const delayed: Check<'rcpt'> = {
  name: 'delayed',
  title: 'Refusal of an earlier step',
  run({ recipient, transaction }) {
    const { pending } = transaction.marks;
    return pending && !isOffice(recipient) ? pending : pass;
  },
};
