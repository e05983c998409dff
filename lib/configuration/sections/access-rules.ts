// Access rules in a file: their order within a scope is the order in which they are tried.
import { z } from 'zod';
import {
  type AccessRuleInput,
  accessActions,
  accessScopes,
  addAccessRule,
  listAccessRules,
  moveAccessRule,
  removeAccessRule,
  updateAccessRule,
} from '#lib/accounts/access-rule.ts';
import { recordedAccessRule } from '#lib/accounts/recorded.ts';
import type { Section } from '../section.ts';

const schema = z.strictObject({
  scope: z.enum(accessScopes),
  pattern: z.string(),
  action: z.enum(accessActions),
  argument: z.string().optional(),
  comment: z.string().optional(),
  isDisabled: z.boolean().optional(),
});

export const accessRulesSection: Section = {
  name: 'accessRules',
  recorded: recordedAccessRule,
  schema,
  identify: ({ scope, pattern, action }) => `${scope} ${action} ${pattern}`,
  list: async () =>
    (await listAccessRules()).map(
      ({ id, scope, pattern, action, argument, comment, isDisabled }) => ({
        key: id,
        fields: { scope, pattern, action, argument, comment, isDisabled },
      }),
    ),
  add: async (fields, by) => (await addAccessRule(fields as AccessRuleInput, by)).id,
  change: async (key, { scope: _scope, ...fields }, by) => {
    await updateAccessRule(key, fields, by);
  },
  remove: removeAccessRule,
  move: moveAccessRule,
  group: ({ scope }) => String(scope),
};
