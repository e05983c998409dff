// Access rules by the client's address, or by its name where that leads back to the address (Postfix:
// check_client_access).
import { fitsAddress, fitsHost } from '#lib/accounts/access-match.ts';
import { type AccessRule, readAccessRules } from '#lib/accounts/access-rule.ts';
import { pass } from '../../verdict.ts';
import { findRule, verdictOf } from '../access.ts';
import type { Check } from '../stages.ts';
import { isStranger } from '../stranger.ts';

export const accessClient: Check<'connect'> = {
  name: 'access-client',
  title: 'Access rules: client',
  isDelayed: true,
  async run({ client, marks }) {
    const rules = await readAccessRules('client');
    if (rules.length === 0) return pass;
    const fits = async (rule: AccessRule) => {
      const isIn = fitsAddress(rule, client.remote);
      if (isIn !== null) return isIn;
      if (rule.pattern === '*') return true;
      const name = await client.findReverseName();
      return name !== null && fitsHost(rule.pattern, name);
    };
    const rule = await findRule(rules, fits, () => isStranger(client, marks));
    return rule ? verdictOf(rule) : pass;
  },
};
