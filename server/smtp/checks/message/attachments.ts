// Access rules by names and types of attachments, names inside ZIP archives too, and the plain list of refused
// ones. The list is for everybody's mail: what nobody may send here, nobody sends from here.
import { type AccessRule, readAccessRules } from '#lib/accounts/access-rule.ts';
import { lookOnce } from '../../content/looked.ts';
import { pass, refuse, unavailable } from '../../verdict.ts';
import { findRule, verdictOf } from '../access.ts';
import type { Check } from '../stages.ts';
import { isStranger } from '../stranger.ts';

export const attachments: Check<'data'> = {
  name: 'attachments',
  title: 'Attachments',
  settings: ['content.blockedAttachments'],
  async run({ client, marks, transaction, settings, body }) {
    const rules = await readAccessRules('attachment');
    const blocked = settings['content.blockedAttachments'];
    if (rules.length + blocked.length === 0) return pass;
    const looked = await lookOnce(transaction, settings, body);
    if (!looked) return { ...unavailable, note: 'the message took too long to look through' };
    const names = new Map(looked.names.map(({ index, name }) => [index, name]));
    const fits = (rule: AccessRule) => names.has(rules.indexOf(rule));
    const rule = await findRule(rules, fits, () => isStranger(client, marks));
    // A rule that lets one through goes before the list too.
    if (rule) return verdictOf(rule);
    const index = blocked.findIndex((_pattern, at) => names.has(rules.length + at));
    if (index < 0) return pass;
    const name = names.get(rules.length + index) ?? '';
    const shown = name.replace(/[^ -~]/g, '?').slice(0, 80);
    const text = `This kind of attachment is not taken here: ${shown}`;
    return refuse('attachment', text, `${blocked[index]} fits ${shown}`);
  },
};
