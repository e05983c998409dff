// The filter of the domains in the address of their page.
import {
  type DnsState,
  type DomainFilter,
  type DomainState,
  dnsStates,
  domainStates,
} from '#lib/accounts/domain-list.ts';

export const stateTexts: Record<DomainState, string> = {
  disabled: 'off',
  alias: 'alias of another',
  elsewhere: 'passed on',
  unsigned: 'without a signing key',
};

export const dnsTexts: Record<DnsState, string> = {
  right: 'DNS right',
  wrong: 'DNS wrong',
  unknown: 'DNS not known',
};

export const filterNames = ['q', 'state', 'dns'] as const;

/** What it does not know counts as not given. */
export function readFilter({ q = '', state = '', dns = '' }: Record<string, string>): DomainFilter {
  return {
    search: q.trim() || undefined,
    state: domainStates.find((one): one is DomainState => one === state),
    dns: dnsStates.find((one): one is DnsState => one === dns),
  };
}
