// Submission: every address that readers see as the author belongs to the login too (RFC 6409 §6.1, §8.1).
import { maySendAs } from '#lib/accounts/route.ts';
import { joinAddress, parseAddressList } from '#lib/mail/address.ts';
import { findFields, readRawText } from '#lib/mail/header.ts';
import { pass, refuse } from '../verdict.ts';
import type { Check } from './stages.ts';

/** More authors than anybody has; each costs a look into the database. */
const maxAuthors = 50;

export const ownFrom: Check<'data'> = {
  name: 'own-from',
  async run({ client, settings, fields }) {
    if (!client.isSubmission) return pass;
    const from = findFields(fields, 'from');
    // RFC 5322 §3.6: exactly one. Readers disagree on which of several they show.
    if (from.length > 1) return refuse('bad-from', 'The message has more than one From field');
    const authors = [...from, ...findFields(fields, 'sender')].flatMap((field) =>
      parseAddressList(readRawText(field.rawValue)),
    );
    if (authors.length > maxAuthors) return refuse('bad-from', 'The From field is too long');
    if (from.length === 1 && authors.length === 0) {
      return refuse('bad-from', 'The From field has no address');
    }
    const delimiter = settings['smtp.recipientDelimiter'];
    for (const { local, domain } of authors) {
      const address = joinAddress(local, domain);
      if (!client.account || !(await maySendAs(client.account.id, address, delimiter))) {
        return refuse('from-not-owned', 'An address in From or Sender is not yours');
      }
    }
    return pass;
  },
};
