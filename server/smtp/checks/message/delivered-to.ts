// A message that was in this mailbox before, or went through this alias before, has come back by a forward
// somewhere: taking it again would be a loop. What a user submits by hand may carry an old field.
import { canonicalAddress } from '#lib/mail/address.ts';
import { findFields, unfold } from '#lib/mail/header.ts';
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const deliveredTo: Check<'data'> = {
  name: 'delivered-to',
  title: 'Delivered here before (loop)',
  run({ client, transaction, fields }) {
    if (client.isSubmission) return pass;
    const before = new Set(
      findFields(fields, 'delivered-to').map((field) => canonicalAddress(unfold(field.rawValue))),
    );
    if (before.size === 0) return pass;
    for (const [address, { mailboxes, remote }] of transaction.recipients) {
      const isBack =
        mailboxes.some((mailbox) => before.has(mailbox.address)) ||
        (remote.length > 0 && before.has(address));
      if (isBack) return refuse('mail-loop', 'The message has been delivered here before');
    }
    return pass;
  },
};
