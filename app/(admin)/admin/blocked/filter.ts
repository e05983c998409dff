// The filter of what is blocked in the address of its page; the export and lifting all of it read the same.
import { type BlockFilter, blockKinds } from '#lib/accounts/block-list.ts';

export const filterNames = ['q', 'kind'] as const;

/** What it does not know counts as not given. */
export function readFilter({ q = '', kind = '' }: Record<string, string>): BlockFilter {
  return { search: q.trim() || undefined, kind: blockKinds.find((one) => one === kind) };
}
