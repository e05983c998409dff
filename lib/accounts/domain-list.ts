// Lists of domains: their names for choices, all of them with their figures, or a page at a time (lib/keyset.ts).
import { db, join, type Sql, sql } from '../db.ts';
import { type List, type Order, type PageAsk, readCountedPage, walkKeys } from '../keyset.ts';
import { type Domain, toDomain } from './domain.ts';
import { type DomainDns, readDomainDns, uncheckedDns } from './domain-dns/kept.ts';
import { containsAny } from './search-text.ts';

type CheckedDomain = Domain & { dns: DomainDns };

/** A domain with how many accounts and aliases it has, what its accounts use together, and what the DNS says of it. */
export type ListedDomain = CheckedDomain & {
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
  /** What the DNS said last; "unknown": nobody has looked, or it did not answer */
  dns?: DnsState;
};

export const domainStates = ['disabled', 'alias', 'elsewhere', 'unsigned'] as const;
export type DomainState = (typeof domainStates)[number];
export const dnsStates = ['right', 'wrong', 'unknown'] as const;
export type DnsState = (typeof dnsStates)[number];

/** Of a domain at which nobody has looked there is no row. */
const wrongRecords = sql`COALESCE("wrong", -1)`;

export const domainOrders = {
  name: { column: sql`"name"`, kind: 'text', valueOf: (row) => row.name, isUnique: true },
  quota: { column: sql`"quotaBytes"`, kind: 'number', valueOf: (row) => row.quotaBytes },
  added: { column: sql`"createdAt"`, kind: 'time', valueOf: (row) => row.createdAt },
  dns: { column: wrongRecords, kind: 'number', valueOf: (row) => row.dns.wrong },
} satisfies Record<string, Order<CheckedDomain>>;
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
  return addFigures(await addDns(await readDomains(ids)));
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
  let waiting: CheckedDomain[] = [];
  for await (const domain of walkPlainDomains(filter)) {
    waiting.push(domain);
    if (waiting.length < 200) continue;
    yield* await addFigures(waiting);
    waiting = [];
  }
  yield* await addFigures(waiting);
}

/** The same without figures. */
export function walkPlainDomains(filter: DomainFilter = {}): AsyncGenerator<CheckedDomain> {
  return walkKeys(listOf(filter), domainOrders.name, { pageSize: 200 });
}

function listOf(filter: DomainFilter): List<CheckedDomain> {
  return {
    from: sql`"Domain" LEFT JOIN "DomainDns" ON "domainId" = "id"`,
    where: conditionOf(filter),
    id: sql`"id"`,
    load: async (ids) => addDns(await listDomainsById(ids)),
  };
}

/** Those of the ids, in no order. */
export async function listDomainsById(ids: string[]): Promise<Domain[]> {
  return (await db.domain.findMany({ where: { id: { in: ids } } })).map(toDomain);
}

function conditionOf({ search, ids, state, dns }: DomainFilter): Sql {
  const parts: Sql[] = [sql`1 = 1`];
  if (ids) parts.push(ids.length === 0 ? sql`1 = 0` : sql`"id" IN (${join(ids)})`);
  if (state === 'disabled') parts.push(sql`"isDisabled" = ${true}`);
  if (state === 'alias') parts.push(sql`"aliasOf" <> ''`);
  if (state === 'elsewhere') parts.push(sql`"elsewhere" <> ''`);
  if (state === 'unsigned') {
    parts.push(sql`NOT EXISTS (SELECT 1 FROM "DkimKey" k WHERE k."domainId" = "Domain"."id"
      AND k."state" = 'active')`);
  }
  if (dns === 'right') parts.push(sql`${wrongRecords} = 0`);
  if (dns === 'wrong') parts.push(sql`${wrongRecords} > 0`);
  if (dns === 'unknown') parts.push(sql`${wrongRecords} < 0`);
  const found = containsAny(search, [sql`"name"`], [sql`"comment"`]);
  if (found) parts.push(found);
  return join(parts, ' AND ');
}

async function addDns(domains: Domain[]): Promise<CheckedDomain[]> {
  const dnsOf = await readDomainDns(domains.map(({ id }) => id));
  return domains.map((domain) => ({ ...domain, dns: dnsOf.get(domain.id) ?? uncheckedDns }));
}

type Figures = { domainId: string; count: unknown; usedBytes: unknown; usedMessages: unknown };

/** More domains than that are counted with all others: a statement takes so many values. */
const mostNamed = 500;

/** Of these domains alone, where they are few: a look at every account takes longer. */
async function addFigures(domains: CheckedDomain[]): Promise<ListedDomain[]> {
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
