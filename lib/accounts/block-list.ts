// What is closed to sign-ins now (throttle.ts): filtered, in an order, a page at a time (lib/keyset.ts), or all of it.
import { now } from '../clock.ts';
import { db, join, type Sql, sql } from '../db.ts';
import { type List, type Order, type PageAsk, readCountedPage, walkKeys } from '../keyset.ts';
import { type BulkReport, changeEach, readWantedRows, type WantedRows } from './bulk-report.ts';
import { containsAny } from './search-text.ts';
import { type Block, liftBlock, toBlock } from './throttle.ts';

export type BlockFilter = {
  /** In the address, the network or the name of the account */
  search?: string;
  kind?: Block['kind'];
};

export const blockKinds = [
  'address',
  'network',
  'account',
  'browser',
] as const satisfies Block['kind'][];

export const blockOrders = {
  until: { column: sql`"blockedUntil"`, kind: 'time', valueOf: (row) => row.until },
  failures: { column: sql`"failures"`, kind: 'number', valueOf: (row) => row.failures },
  since: { column: sql`"startedAt"`, kind: 'time', valueOf: (row) => row.startedAt },
} satisfies Record<string, Order<Block>>;
export type BlockOrder = keyof typeof blockOrders;

const mostListed = 1000;

/** A page of what is closed; without an order what opens first comes first. */
export async function listBlockPage(
  filter: BlockFilter & Partial<PageAsk> & { order?: BlockOrder } = {},
) {
  const { order = 'until', pageSize = 50 } = filter;
  return readCountedPage(listOf(filter), blockOrders[order], { ...filter, pageSize });
}

/** What is closed now, what opens last first; at most a thousand. */
export async function listBlocks(): Promise<Block[]> {
  return (await listBlockPage({ isDescending: true, pageSize: mostListed })).rows;
}

/** All that fits, what opens last first. */
export function walkBlocks(filter: BlockFilter = {}): AsyncGenerator<Block> {
  return walkKeys(listOf(filter), blockOrders.until, { isDescending: true });
}

/** Opens many, each with an event of its own. Refusal 'limit'. */
export async function liftBlocks(wanted: WantedRows<BlockFilter>, by: string): Promise<BulkReport> {
  const blocks = await readWantedRows(wanted, loadBlocks, walkBlocks);
  return changeEach(
    blocks,
    ({ subject }) => subject,
    ({ id }) => liftBlock(id, by),
  );
}

function listOf(filter: BlockFilter): List<Block> {
  return {
    from: sql`"LoginThrottle"`,
    where: conditionOf(filter),
    id: sql`"id"`,
    load: loadBlocks,
  };
}

async function loadBlocks(ids: string[]): Promise<Block[]> {
  const where = { id: { in: ids }, blockedUntil: { gt: now() } };
  return (await db.loginThrottle.findMany({ where })).map(toBlock);
}

function conditionOf({ search, kind }: BlockFilter): Sql {
  const parts: Sql[] = [sql`"blockedUntil" > ${now()}`];
  if (kind) parts.push(sql`"id" LIKE ${`${kind}:%`}`);
  // The kinds and their colon are eight letters each.
  const found = containsAny(search, [], [sql`SUBSTR("id", 9)`]);
  if (found) parts.push(found);
  return join(parts, ' AND ');
}
