// Long lists of trusted networks: filtered, in an order, a page at a time (lib/keyset.ts), or all of them.
import { db, join, type Sql, sql } from '../db.ts';
import { type List, type Order, type PageAsk, readCountedPage, walkKeys } from '../keyset.ts';
import { type BulkReport, changeEach, readWantedRows, type WantedRows } from './bulk-report.ts';
import { type Network, removeNetwork } from './network.ts';
import { containsAny } from './search-text.ts';

export type NetworkFilter = {
  /** In network or comment */
  search?: string;
};

export const networkOrders = {
  network: { column: sql`"cidr"`, kind: 'text', valueOf: (row) => row.cidr, isUnique: true },
  added: { column: sql`"createdAt"`, kind: 'time', valueOf: (row) => row.createdAt },
} satisfies Record<string, Order<Network>>;
export type NetworkOrder = keyof typeof networkOrders;

/** A page of networks, oldest first where no other order is asked for. */
export async function listNetworkPage(
  filter: NetworkFilter & Partial<PageAsk> & { order?: NetworkOrder } = {},
) {
  const { order = 'added', pageSize = 50 } = filter;
  return readCountedPage(listOf(filter), networkOrders[order], { ...filter, pageSize });
}

/** Every network that fits, oldest first. */
export function walkNetworks(filter: NetworkFilter = {}): AsyncGenerator<Network> {
  return walkKeys(listOf(filter), networkOrders.added);
}

/** Removes many, each with an event of its own. Refusal 'limit'. */
export async function removeNetworks(
  wanted: WantedRows<NetworkFilter>,
  by: string,
): Promise<BulkReport> {
  const networks = await readWantedRows(wanted, loadNetworks, walkNetworks);
  return changeEach(
    networks,
    ({ cidr }) => cidr,
    ({ cidr }) => removeNetwork(cidr, by),
  );
}

function listOf(filter: NetworkFilter): List<Network> {
  return {
    from: sql`"Network"`,
    where: conditionOf(filter),
    id: sql`"id"`,
    load: loadNetworks,
  };
}

function loadNetworks(ids: string[]): Promise<Network[]> {
  return db.network.findMany({ where: { id: { in: ids } } });
}

function conditionOf({ search }: NetworkFilter): Sql {
  const found = containsAny(search, [sql`"cidr"`], [sql`"comment"`]);
  return join([sql`1 = 1`, ...(found ? [found] : [])], ' AND ');
}
