// The filter of the domains in the address of their page.
import { type DomainFilter, type DomainState, domainStates } from '#lib/accounts/domain-list.ts';

export const stateTexts: Record<DomainState, string> = {
  disabled: 'off',
  alias: 'alias of another',
  elsewhere: 'passed on',
  unsigned: 'without a signing key',
};

export const filterNames = ['q', 'state'] as const;

/** What it does not know counts as not given. */
export function readFilter({ q = '', state = '' }: Record<string, string>): DomainFilter {
  return {
    search: q.trim() || undefined,
    state: domainStates.find((one): one is DomainState => one === state),
  };
}
