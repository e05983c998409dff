// Long lists of the directory's entries: filtered, in an order, a page at a time (lib/keyset.ts), or all of them.
import { isOfDomain } from '../accounts/account-list.ts';
import {
  type BulkReport,
  changeEach,
  readWantedRows,
  type WantedRows,
} from '../accounts/bulk-report.ts';
import { containsAny } from '../accounts/search-text.ts';
import { db, join, type Sql, sql } from '../db.ts';
import { type List, type Order, type PageAsk, readCountedPage, walkKeys } from '../keyset.ts';
import { type DirectoryEntry, removeDirectoryEntry } from './directory-entry.ts';

export type ListedEntry = DirectoryEntry & { createdAt: Date };

export type EntryFilter = {
  /** In name, address, organization or telephone */
  search?: string;
  /** Name of a domain */
  domain?: string;
};

export const entryOrders = {
  name: { column: sql`"name"`, kind: 'text', valueOf: (row) => row.name },
  address: { column: sql`"address"`, kind: 'text', valueOf: (row) => row.address },
  organization: { column: sql`"organization"`, kind: 'text', valueOf: (row) => row.organization },
  added: { column: sql`"createdAt"`, kind: 'time', valueOf: (row) => row.createdAt },
} satisfies Record<string, Order<ListedEntry>>;
export type EntryOrder = keyof typeof entryOrders;

/** A page of entries, by name where no other order is asked for. */
export async function listEntryPage(
  filter: EntryFilter & Partial<PageAsk> & { order?: EntryOrder } = {},
) {
  const { order = 'name', pageSize = 50 } = filter;
  return readCountedPage(listOf(filter), entryOrders[order], { ...filter, pageSize });
}

/** Every entry that fits, by name. */
export function walkEntries(filter: EntryFilter = {}): AsyncGenerator<ListedEntry> {
  return walkKeys(listOf(filter), entryOrders.name);
}

/** Removes many, each with an event of its own. Refusal 'limit'. */
export async function removeDirectoryEntries(
  wanted: WantedRows<EntryFilter>,
  by: string,
): Promise<BulkReport> {
  const entries = await readWantedRows(wanted, loadEntries, walkEntries);
  return changeEach(
    entries,
    ({ address }) => address,
    ({ id }) => removeDirectoryEntry(id, by),
  );
}

function listOf(filter: EntryFilter): List<ListedEntry> {
  return {
    from: sql`"DirectoryEntry"`,
    where: conditionOf(filter),
    id: sql`"id"`,
    load: loadEntries,
  };
}

async function loadEntries(ids: string[]): Promise<ListedEntry[]> {
  const rows = await db.directoryEntry.findMany({ where: { id: { in: ids } } });
  const domains = await db.domain.findMany({
    where: { id: { in: [...new Set(rows.map(({ domainId }) => domainId))] } },
    select: { id: true, name: true },
  });
  const nameOf = new Map(domains.map(({ id, name }) => [id, name]));
  return rows.map(({ domainId, ...row }) => ({ ...row, domain: nameOf.get(domainId) ?? '' }));
}

function conditionOf({ search, domain }: EntryFilter): Sql {
  const parts: Sql[] = [sql`1 = 1`];
  if (domain) parts.push(isOfDomain(domain));
  const others = [sql`"name"`, sql`"organization"`, sql`"phone"`];
  const found = containsAny(search, [sql`"address"`], others);
  if (found) parts.push(found);
  return join(parts, ' AND ');
}
