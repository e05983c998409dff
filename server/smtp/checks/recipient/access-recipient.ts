// Access rules by the recipient, for everybody's mail (Postfix: check_recipient_access). It stands behind the
// wall against relaying and before the look for the mailbox, so that a rule has its own words for an address
// that is no more. RFC 5321 §4.5.1: postmaster and abuse are reachable, whatever the rules.
import { fitsMailAddress, listSpellings } from '#lib/accounts/access-match.ts';
import { readAccessRules } from '#lib/accounts/access-rule.ts';
import { pass } from '../../verdict.ts';
import { findRule, verdictOf } from '../access.ts';
import { isOffice } from '../once.ts';
import type { Check } from '../stages.ts';

export const accessRecipient: Check<'rcpt'> = {
  name: 'access-recipient',
  title: 'Access rules: recipient',
  async run({ recipient, settings }) {
    if (recipient === null || isOffice(recipient)) return pass;
    const rules = await readAccessRules('recipient');
    if (rules.length === 0) return pass;
    const spellings = listSpellings(recipient, settings['smtp.recipientDelimiter']);
    const fits = ({ pattern }: { pattern: string }) => fitsMailAddress(pattern, spellings);
    const rule = await findRule(rules, fits, async () => true);
    return rule ? verdictOf(rule) : pass;
  },
};
