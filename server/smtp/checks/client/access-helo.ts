// Access rules by the name that a client gives itself (Postfix: check_helo_access).
import { fitsHost } from '#lib/accounts/access-match.ts';
import { readAccessRules } from '#lib/accounts/access-rule.ts';
import { pass } from '../../verdict.ts';
import { findRule, verdictOf } from '../access.ts';
import type { Check } from '../stages.ts';
import { isStranger } from '../stranger.ts';

export const accessHelo: Check<'helo'> = {
  name: 'access-helo',
  title: 'Access rules: HELO',
  isDelayed: true,
  async run({ client, marks, name }) {
    const rules = await readAccessRules('helo');
    if (rules.length === 0) return pass;
    const fits = ({ pattern }: { pattern: string }) => fitsHost(pattern, name);
    const rule = await findRule(rules, fits, () => isStranger(client, marks));
    return rule ? verdictOf(rule) : pass;
  },
};
