// A recipient is an address with a domain (RFC 5321 §4.1.2); "postmaster" alone became one before
// (§4.5.1). Address literals are refused: mail here goes by domains.
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const recipientSyntax: Check<'rcpt'> = {
  name: 'recipient-syntax',
  title: 'The recipient is an address',
  run({ recipient, transaction }) {
    if (recipient === null || recipient.endsWith(']')) {
      return refuse('bad-recipient', 'This recipient is not a mail address');
    }
    if (/[^\u0000-\u007f]/.test(recipient) && !transaction.isSmtpUtf8) {
      return refuse('utf8-not-declared', 'This address needs SMTPUTF8');
    }
    return pass;
  },
};
