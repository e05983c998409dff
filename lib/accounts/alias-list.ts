// Long lists of aliases: filtered, in an order, a page at a time (lib/keyset.ts), or all of them one after the other.
import { db, join, type Sql, sql } from '../db.ts';
import {
  countUpTo,
  type List,
  type Order,
  type PageAsk,
  readCountedPage,
  readKeyPage,
  walkKeys,
} from '../keyset.ts';
import { isOfDomain, isOfDomains } from './account-list.ts';
import { type Alias, toAlias } from './alias.ts';
import { containsAny } from './search-text.ts';

export type AliasFilter = {
  /** In address, comment or a target */
  search?: string;
  /** Name of a domain */
  domain?: string;
  /** With this target */
  target?: string;
  /** Of these domains only. */
  domainIds?: string[];
  isDisabled?: boolean;
};

const mostListed = 5000;

export const aliasOrders = {
  address: {
    column: sql`"address"`,
    kind: 'text',
    valueOf: (row) => row.address,
    isUnique: true,
  },
  added: { column: sql`"createdAt"`, kind: 'time', valueOf: (row) => row.createdAt },
} satisfies Record<string, Order<Alias>>;
export type AliasOrder = keyof typeof aliasOrders;

/** A page of aliases, by address where no other order is asked for. */
export async function listAliasPage(
  filter: AliasFilter & Partial<PageAsk> & { order?: AliasOrder } = {},
) {
  const { order = 'address', pageSize = 50 } = filter;
  return readCountedPage(listOf(filter), aliasOrders[order], { ...filter, pageSize });
}

/** Aliases by address; the first 5000. */
export async function listAliases(filter: AliasFilter = {}): Promise<Alias[]> {
  const page = await readKeyPage(listOf(filter), aliasOrders.address, { pageSize: mostListed });
  return page.rows;
}

/** How many aliases fit; counting ends behind 100,000. */
export function countAliases(
  filter: AliasFilter = {},
): Promise<{ total: number; isTotalCut: boolean }> {
  return countUpTo(listOf(filter));
}

/** Every alias that fits, by address. */
export function walkAliases(filter: AliasFilter = {}): AsyncGenerator<Alias> {
  return walkKeys(listOf(filter), aliasOrders.address);
}

function listOf(filter: AliasFilter): List<Alias> {
  return { from: sql`"Alias"`, where: conditionOf(filter), id: sql`"id"`, load: listAliasesById };
}

/** Those of the ids, in no order. */
export async function listAliasesById(ids: string[]): Promise<Alias[]> {
  const [rows, targets] = await Promise.all([
    db.alias.findMany({ where: { id: { in: ids } } }),
    db.aliasTarget.findMany({ where: { aliasId: { in: ids } }, orderBy: { address: 'asc' } }),
  ]);
  const byAlias = Map.groupBy(targets, (target) => target.aliasId);
  return rows.map((row) => toAlias(row, byAlias.get(row.id) ?? []));
}

function conditionOf({ search, domain, target, domainIds, isDisabled }: AliasFilter): Sql {
  const parts: Sql[] = [sql`1 = 1`];
  if (domain) parts.push(isOfDomain(domain));
  if (domainIds) parts.push(isOfDomains(domainIds));
  if (isDisabled !== undefined) parts.push(sql`"isDisabled" = ${isDisabled}`);
  if (target) {
    parts.push(
      sql`"id" IN (SELECT t."aliasId" FROM "AliasTarget" t WHERE t."address" = ${target})`,
    );
  }
  const own = containsAny(search, [sql`"address"`], [sql`"comment"`]);
  const led = containsAny(search, [], [sql`t."address"`]);
  if (own && led) {
    parts.push(sql`(${own} OR "id" IN (SELECT t."aliasId" FROM "AliasTarget" t WHERE ${led}))`);
  }
  return join(parts, ' AND ');
}
