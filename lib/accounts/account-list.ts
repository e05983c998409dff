// Long lists of users: filtered, in an order, a page at a time (lib/keyset.ts), or all of them one after the other.
import { db, join, type Sql, sql } from '../db.ts';
import {
  type CountedPage,
  countUpTo,
  type List,
  type Order,
  type PageAsk,
  readCountedPage,
  walkKeys,
} from '../keyset.ts';
import { type Account, toAccount } from './account.ts';
import { lockedHash } from './lock.ts';
import type { Role } from './role.ts';
import { containsAny } from './search-text.ts';

export const accountStates = ['enabled', 'disabled', 'locked', 'held', 'deleted'] as const;
export type AccountState = (typeof accountStates)[number];

export type AccountFilter = {
  /** In address or name */
  search?: string;
  /** Name of a domain */
  domain?: string;
  /** Of these domains only. */
  domainIds?: string[];
  /** Left out: both. */
  kind?: Account['kind'];
  /** Left out: all but deleted ones. "held": outgoing mail is held. */
  state?: AccountState;
  role?: Role;
};

export const accountOrders = {
  address: {
    column: sql`"address"`,
    kind: 'text',
    valueOf: (row) => row.address,
    isUnique: true,
  },
  name: { column: sql`"displayName"`, kind: 'text', valueOf: (row) => row.displayName },
  storage: { column: sql`"usedBytes"`, kind: 'number', valueOf: (row) => row.usedBytes },
  messages: { column: sql`"usedMessages"`, kind: 'number', valueOf: (row) => row.usedMessages },
  seen: {
    column: sql`"lastLoginAt"`,
    kind: 'time',
    valueOf: (row) => row.lastLoginAt,
    isNullable: true,
  },
  added: { column: sql`"createdAt"`, kind: 'time', valueOf: (row) => row.createdAt },
} satisfies Record<string, Order<Account>>;
export type AccountOrder = keyof typeof accountOrders;

/** A page of accounts, by address where no other order is asked for. */
export async function listAccounts(
  filter: AccountFilter & Partial<PageAsk> & { order?: AccountOrder } = {},
): Promise<CountedPage<Account>> {
  const { order = 'address', pageSize = 50 } = filter;
  return readCountedPage(listOf(filter), orderOf(order, filter), { ...filter, pageSize });
}

/**
 * Of few among many the database would walk along the index of the order and look at each row for them; without it, it reads
 * the rows as they lie and sorts those few.
 */
function orderOf(order: AccountOrder, { kind, state }: AccountFilter): Order<Account> {
  const areFew = kind === 'shared' || (state !== undefined && state !== 'enabled');
  if (!areFew || order !== 'address') return accountOrders[order];
  return { ...accountOrders.address, column: sql`("address" || '')` };
}

/** How many accounts fit; counting ends behind 100,000. */
export function countAccounts(
  filter: AccountFilter = {},
): Promise<{ total: number; isTotalCut: boolean }> {
  return countUpTo(listOf(filter));
}

/** Every account that fits, by address. */
export function walkAccounts(filter: AccountFilter = {}): AsyncGenerator<Account> {
  return walkKeys(listOf(filter), accountOrders.address);
}

function listOf(filter: AccountFilter): List<Account> {
  return {
    from: sql`"Account"`,
    where: conditionOf(filter),
    id: sql`"id"`,
    load: async (ids) =>
      (await db.account.findMany({ where: { id: { in: ids } } })).map((row) => toAccount(row)),
  };
}

function conditionOf({ search, domain, domainIds, kind, state, role }: AccountFilter): Sql {
  const parts: Sql[] = [
    state === 'deleted' ? sql`"deletedAt" IS NOT NULL` : sql`"deletedAt" IS NULL`,
  ];
  if (kind) parts.push(sql`"kind" = ${kind}`);
  if (role) parts.push(sql`"role" = ${role}`);
  if (state === 'enabled' || state === 'disabled') {
    parts.push(sql`"isDisabled" = ${state === 'disabled'}`);
  }
  if (state === 'locked') parts.push(sql`"passwordHash" = ${lockedHash}`);
  if (state === 'held') parts.push(sql`"sendingHold" <> ''`);
  if (domain) parts.push(isOfDomain(domain));
  if (domainIds) parts.push(isOfDomains(domainIds));
  const found = containsAny(search, [sql`"address"`], [sql`"displayName"`]);
  if (found) parts.push(found);
  return join(parts, ' AND ');
}

/** Rows of the domain of that name. */
export function isOfDomain(name: string): Sql {
  const id = sql`SELECT "Domain"."id" FROM "Domain" WHERE "Domain"."name" = ${name.toLowerCase()}`;
  return sql`"domainId" = (${id})`;
}

/** Rows of the domains of these ids. */
export function isOfDomains(ids: string[]): Sql {
  return ids.length === 0 ? sql`1 = 0` : sql`"domainId" IN (${join(ids)})`;
}
