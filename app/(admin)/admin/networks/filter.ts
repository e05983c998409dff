// The filter of the networks in the address of their page; the export and removing all of it read the same.
import type { NetworkFilter } from '#lib/accounts/network-list.ts';

export const filterNames = ['q'] as const;

export function readFilter({ q = '' }: Record<string, string>): NetworkFilter {
  return { search: q.trim() || undefined };
}
