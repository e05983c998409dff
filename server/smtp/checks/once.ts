// Checks of the client and the sender that wait for RCPT, as Postfix's smtpd_delay_reject has it: only then the
// trail can say whose mail was refused, and postmaster and abuse stay reachable (RFC 5321 §4.5.1, RFC 2142 §2).
// They are decided once a transaction.
import { splitAddress } from '#lib/mail/address.ts';
import type { Transaction } from '../session.ts';
import { pass, passed, type Verdict } from '../verdict.ts';
import type { Check, Inputs } from './stages.ts';

const offices = new Set(['postmaster', 'abuse']);

/** Whether everybody may write to the recipient, whatever lists say of the sender. */
export function isOffice(recipient: string | null): boolean {
  return recipient !== null && offices.has(splitAddress(recipient).local);
}

type Delayed = Omit<Check<'rcpt'>, 'run'> & {
  judge(input: Inputs['rcpt']): Promise<Verdict>;
};

/** A check of strangers at their first recipient; the others of the transaction get the same verdict. */
export function oncePerTransaction({ judge, ...check }: Delayed): Check<'rcpt'> {
  const judged = new WeakMap<Transaction, Promise<Verdict>>();
  return {
    audience: 'strangers',
    ...check,
    async run(input) {
      if (isOffice(input.recipient)) return passed('always reachable');
      const { transaction } = input;
      const known = judged.get(transaction);
      if (!known) {
        const verdict = judge(input);
        judged.set(transaction, verdict);
        return verdict;
      }
      const verdict = await known;
      // Junk and welcome are in the marks already.
      return verdict.outcome === 'refuse' ? verdict : pass;
    },
  };
}
