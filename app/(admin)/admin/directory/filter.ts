// The filter of the directory in the address of its page; the export and actions on all of it read the same.
import type { EntryFilter } from '#lib/contacts/directory-list.ts';

export const filterNames = ['q', 'domain'] as const;

export function readFilter({ q = '', domain = '' }: Record<string, string>): EntryFilter {
  return { search: q.trim() || undefined, domain: domain || undefined };
}
