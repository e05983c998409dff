// The filter of the access rules in the address of their page; the export reads the same.
import type { AccessFilter } from '#lib/accounts/access-list.ts';
import { accessActions, accessScopes } from '#lib/accounts/access-rule.ts';

export const stateTexts = { on: 'on', off: 'off' };

export const filterNames = ['q', 'scope', 'action', 'state'] as const;

/** What it does not know counts as not given. */
export function readFilter({
  q = '',
  scope = '',
  action = '',
  state = '',
}: Record<string, string>): AccessFilter {
  return {
    search: q.trim() || undefined,
    scope: accessScopes.find((one) => one === scope),
    action: accessActions.find((one) => one === action),
    isDisabled: Object.hasOwn(stateTexts, state) ? state === 'off' : undefined,
  };
}
