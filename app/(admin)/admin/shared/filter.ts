// The filter of the shared mailboxes in the address of their page; the export reads the same.
import type { AccountFilter } from '#lib/accounts/account-list.ts';

export const filterNames = ['q', 'domain', 'state'] as const;

/** What it does not know counts as not given. */
export function readFilter({
  q = '',
  domain = '',
  state = '',
}: Record<string, string>): AccountFilter {
  return {
    kind: 'shared',
    search: q.trim() || undefined,
    domain: domain || undefined,
    state: state === 'deleted' ? 'deleted' : undefined,
  };
}
