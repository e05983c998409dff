// A page of the queue by the key of a row (lib/keyset.ts): the last of a million comes as fast as the first.
import { sql } from '#lib/db.ts';
import { type List, type Order, type PageAsk, readCountedPage, walkKeys } from '#lib/keyset.ts';
import { type QueueEntry, readEntries } from './entries.ts';
import { conditionOf, type QueueFilter, queueTables } from './filter.ts';

export const queueOrders = {
  added: { column: sql`r."createdAt"`, kind: 'time', valueOf: (row) => row.createdAt },
  recipient: { column: sql`r."recipient"`, kind: 'text', valueOf: (row) => row.recipient },
  attempts: { column: sql`r."attempts"`, kind: 'number', valueOf: (row) => row.attempts },
} satisfies Record<string, Order<QueueEntry>>;
export type QueueOrder = keyof typeof queueOrders;

/** Queued recipients that the filter finds, oldest first where no other order is asked for. */
export async function listQueuePage(
  filter: QueueFilter,
  ask: Partial<PageAsk> & { order?: QueueOrder },
) {
  const { order = 'added', pageSize = 50 } = ask;
  return readCountedPage(listOf(filter), queueOrders[order], { ...ask, pageSize });
}

/** Every queued recipient that the filter finds, oldest first. */
export function walkQueue(filter: QueueFilter): AsyncGenerator<QueueEntry> {
  return walkKeys(listOf(filter), queueOrders.added);
}

function listOf(filter: QueueFilter): List<QueueEntry> {
  return {
    from: queueTables,
    where: conditionOf(filter),
    id: sql`r."id"`,
    load: readEntries,
  };
}
