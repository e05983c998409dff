// Access rules by the envelope sender, as the client gave it (Postfix: check_sender_access).
import { fitsMailAddress, listSpellings } from '#lib/accounts/access-match.ts';
import { readAccessRules } from '#lib/accounts/access-rule.ts';
import { pass } from '../../verdict.ts';
import { findRule, verdictOf } from '../access.ts';
import type { Check } from '../stages.ts';
import { isStranger } from '../stranger.ts';

export const accessSender: Check<'mail'> = {
  name: 'access-sender',
  title: 'Access rules: sender',
  isDelayed: true,
  async run({ client, marks, settings, sender }) {
    if (sender === null) return pass;
    const rules = await readAccessRules('sender');
    if (rules.length === 0) return pass;
    const spellings =
      sender === '' ? [''] : listSpellings(sender, settings['smtp.recipientDelimiter']);
    const fits = ({ pattern }: { pattern: string }) => fitsMailAddress(pattern, spellings);
    const rule = await findRule(rules, fits, () => isStranger(client, marks));
    return rule ? verdictOf(rule) : pass;
  },
};
