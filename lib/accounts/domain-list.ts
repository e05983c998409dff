// Lists of domains: their names for choices, all of them with their figures, or a page at a time (lib/keyset.ts).
import { db, join, type Sql, sql } from '../db.ts';
import { type List, type Order, type PageAsk, readCountedPage, walkKeys } from '../keyset.ts';
import { type Domain, toDomain } from './domain.ts';
import { containsAny } from './search-text.ts';

/** A domain with how many accounts and aliases it has and what its accounts use together. */
export type ListedDomain = Domain & {
  accounts: number;
  aliases: number;
  usedBytes: number;
  usedMessages: number;
};

export type DomainFilter = {
  /** In name or comment */
  search?: string;
  /** These only. */
  ids?: string[];
  /** "alias": of another domain; "elsewhere": passed on; "unsigned": without a key that signs its mail */
  state?: DomainState;
};

export const domainStates = ['disabled', 'alias', 'elsewhere', 'unsigned'] as const;
export type DomainState = (typeof domainStates)[number];

export const domainOrders = {
  name: { column: sql`"name"`, kind: 'text', valueOf: (row) => row.name, isUnique: true },
  quota: { column: sql`"quotaBytes"`, kind: 'number', valueOf: (row) => row.quotaBytes },
  added: { column: sql`"createdAt"`, kind: 'time', valueOf: (row) => row.createdAt },
} satisfies Record<string, Order<Domain>>;
export type DomainOrder = keyof typeof domainOrders;

/** A page of domains, by name where no other order is asked for. */
export async function listDomainPage(
  filter: DomainFilter & Partial<PageAsk> & { order?: DomainOrder } = {},
) {
  const { order = 'name', pageSize = 50 } = filter;
  const page = await readCountedPage(listOf(filter), domainOrders[order], { ...filter, pageSize });
  return { ...page, rows: await addFigures(page.rows) };
}

/** Every domain by name, with figures, which cost a look at every account; with `ids` only those. */
export async function listDomains(ids?: string[]): Promise<ListedDomain[]> {
  return addFigures(await readDomains(ids));
}

/** The same without figures. */
export async function readDomains(ids?: string[]): Promise<Domain[]> {
  const where = { id: ids && { in: ids } };
  return (await db.domain.findMany({ where, orderBy: { name: 'asc' } })).map(toDomain);
}

/** The names alone. */
export async function listDomainNames(ids?: string[]): Promise<string[]> {
  return (await readDomains(ids)).map(({ name }) => name);
}

/** How many domains there are, or are among those. */
export async function countDomains(ids?: string[]): Promise<number> {
  return db.domain.count({ where: { id: ids && { in: ids } } });
}

/** Every domain that fits, by name, with its figures. */
export async function* walkDomains(filter: DomainFilter = {}): AsyncGenerator<ListedDomain> {
  let waiting: Domain[] = [];
  for await (const domain of walkPlainDomains(filter)) {
    waiting.push(domain);
    if (waiting.length < 200) continue;
    yield* await addFigures(waiting);
    waiting = [];
  }
  yield* await addFigures(waiting);
}

/** The same without figures. */
export function walkPlainDomains(filter: DomainFilter = {}): AsyncGenerator<Domain> {
  return walkKeys(listOf(filter), domainOrders.name, { pageSize: 200 });
}

function listOf(filter: DomainFilter): List<Domain> {
  return {
    from: sql`"Domain"`,
    where: conditionOf(filter),
    id: sql`"id"`,
    load: listDomainsById,
  };
}

/** Those of the ids, in no order. */
export async function listDomainsById(ids: string[]): Promise<Domain[]> {
  return (await db.domain.findMany({ where: { id: { in: ids } } })).map(toDomain);
}

function conditionOf({ search, ids, state }: DomainFilter): Sql {
  const parts: Sql[] = [sql`1 = 1`];
  if (ids) parts.push(ids.length === 0 ? sql`1 = 0` : sql`"id" IN (${join(ids)})`);
  if (state === 'disabled') parts.push(sql`"isDisabled" = ${true}`);
  if (state === 'alias') parts.push(sql`"aliasOf" <> ''`);
  if (state === 'elsewhere') parts.push(sql`"elsewhere" <> ''`);
  if (state === 'unsigned') {
    parts.push(sql`NOT EXISTS (SELECT 1 FROM "DkimKey" k WHERE k."domainId" = "Domain"."id"
      AND k."state" = 'active')`);
  }
  const found = containsAny(search, [sql`"name"`], [sql`"comment"`]);
  if (found) parts.push(found);
  return join(parts, ' AND ');
}

type Figures = { domainId: string; count: unknown; usedBytes: unknown; usedMessages: unknown };

/** More domains than that are counted with all others: a statement takes so many values. */
const mostNamed = 500;

/** Of these domains alone, where they are few: a look at every account takes longer. */
async function addFigures(domains: Domain[]): Promise<ListedDomain[]> {
  if (domains.length === 0) return [];
  const ids = domains.map(({ id }) => id);
  const where = ids.length > mostNamed ? sql`1 = 1` : sql`"domainId" IN (${join(ids)})`;
  const [accounts, aliases] = await Promise.all([
    db.$queryRaw<Figures[]>`SELECT "domainId", COUNT(*) AS "count",
        CAST(SUM("usedBytes") AS BIGINT) AS "usedBytes",
        CAST(SUM("usedMessages") AS BIGINT) AS "usedMessages"
      FROM "Account" WHERE "deletedAt" IS NULL AND ${where} GROUP BY "domainId"`,
    db.$queryRaw<Pick<Figures, 'domainId' | 'count'>[]>`SELECT "domainId", COUNT(*) AS "count"
      FROM "Alias" WHERE ${where} GROUP BY "domainId"`,
  ]);
  const accountsOf = new Map(accounts.map((row) => [row.domainId, row]));
  const aliasesOf = new Map(aliases.map((row) => [row.domainId, Number(row.count)]));
  return domains.map((domain) => {
    const own = accountsOf.get(domain.id);
    return {
      ...domain,
      accounts: Number(own?.count ?? 0),
      aliases: aliasesOf.get(domain.id) ?? 0,
      usedBytes: Number(own?.usedBytes ?? 0),
      usedMessages: Number(own?.usedMessages ?? 0),
    };
  });
}
