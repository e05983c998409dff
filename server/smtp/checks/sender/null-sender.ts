// The null sender is for reports between servers and always received there (RFC 5321 §4.5.5); a person who
// hands in mail has an address that answers can reach.
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const nullSender: Check<'mail'> = {
  name: 'null-sender',
  title: 'Users give a sender',
  run({ client, sender }) {
    if (sender !== '' || !client.isSubmission) return pass;
    return refuse('null-sender', 'Give your own address as the sender');
  },
};
