// The envelope sender is the null sender or an address (RFC 5321 §4.1.2). An address beyond ASCII needs
// the SMTPUTF8 parameter (RFC 6531 §3.4), or the next server may not understand it.
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const senderSyntax: Check<'mail'> = {
  name: 'sender-syntax',
  title: 'The sender is an address',
  run({ sender, parameters }) {
    if (sender === null) return refuse('bad-sender', 'This sender is not a mail address');
    if (/[^\u0000-\u007f]/.test(sender) && parameters.SMTPUTF8 !== true) {
      return refuse('utf8-not-declared', 'This address needs SMTPUTF8');
    }
    return pass;
  },
};
