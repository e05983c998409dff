// The filter of the aliases in the address of their page; the export and actions on all of them read the same.
import type { AliasFilter } from '#lib/accounts/alias-list.ts';

export const stateTexts = { on: 'on', off: 'off' };

export const filterNames = ['q', 'domain', 'state'] as const;

/** What it does not know counts as not given. */
export function readFilter({
  q = '',
  domain = '',
  state = '',
}: Record<string, string>): AliasFilter {
  return {
    search: q.trim() || undefined,
    domain: domain || undefined,
    isDisabled: state === '' ? undefined : state === 'off',
  };
}
