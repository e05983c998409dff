// Entries of the directories of domains in a file.
import { z } from 'zod';
import {
  addDirectoryEntry,
  type EntryInput,
  recordedDirectoryEntry,
  removeDirectoryEntry,
  toEntryFields,
  updateDirectoryEntry,
} from '#lib/contacts/directory-entry.ts';
import { db } from '#lib/db.ts';
import type { Section } from '../section.ts';

const schema = z.strictObject({
  domain: z.string().trim().toLowerCase(),
  address: z.string().trim().toLowerCase(),
  name: z.string().optional(),
  organization: z.string().optional(),
  phone: z.string().optional(),
  note: z.string().optional(),
});
type Item = z.infer<typeof schema>;

export const directorySection: Section = {
  name: 'directory',
  recorded: recordedDirectoryEntry,
  schema,
  identify: ({ domain, address }) => `${address} of ${domain}`,
  list: async () => {
    const domains = await db.domain.findMany({ orderBy: { name: 'asc' } });
    const rows = await db.directoryEntry.findMany({ orderBy: { address: 'asc' } });
    const byDomain = Map.groupBy(rows, ({ domainId }) => domainId);
    return domains.flatMap(({ id, name }) =>
      (byDomain.get(id) ?? []).map((row) => ({ key: row.id, fields: toEntryFields(row, name) })),
    );
  },
  add: async (fields, by) => {
    const { domain, ...entry } = fields as Item;
    return addDirectoryEntry(domain, { name: '', ...entry }, by);
  },
  change: (key, { domain: _domain, ...fields }, by) =>
    updateDirectoryEntry(key, fields as Partial<EntryInput>, by),
  remove: removeDirectoryEntry,
};
