// Access rules by a text in a line of the message (Postfix: body_checks(5)), transfer encoding undone.
import { type AccessRule, readAccessRules } from '#lib/accounts/access-rule.ts';
import { lookOnce } from '../../content/looked.ts';
import { pass, unavailable } from '../../verdict.ts';
import { findRule, verdictOf } from '../access.ts';
import type { Check } from '../stages.ts';
import { isStranger } from '../stranger.ts';

export const bodyRules: Check<'data'> = {
  name: 'body-rules',
  title: 'Access rules: body',
  async run({ client, marks, transaction, settings, body }) {
    const rules = await readAccessRules('body');
    if (rules.length === 0) return pass;
    const looked = await lookOnce(transaction, settings, body);
    if (!looked) return { ...unavailable, note: 'the message took too long to look through' };
    const found = new Set(looked.lines);
    const fits = (rule: AccessRule) => found.has(rules.indexOf(rule));
    const rule = await findRule(rules, fits, () => isStranger(client, marks));
    return rule ? verdictOf(rule) : pass;
  },
};
