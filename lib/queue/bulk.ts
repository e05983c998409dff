// One thing done to all of the queue that a filter finds: counted before, bounded, in steps of a few hundred rows so that
// nobody waits long for the writer. What is being tried right now stays as it is.
import type { BulkReport } from '#lib/accounts/bulk-report.ts';
import { now } from '#lib/clock.ts';
import { cutRows, db, join, sql, type Tx, write } from '#lib/db.ts';
import { countUpTo } from '#lib/keyset.ts';
import { poke } from '#lib/poke.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import { recordEventsIn } from '#lib/trail/record.ts';
import { conditionOf, type QueueFilter, queueTables } from './filter.ts';

export type BulkAction = 'retry' | 'hold' | 'release' | 'bounce' | 'drop';
export const bulkActions: BulkAction[] = ['retry', 'hold', 'release', 'bounce', 'drop'];

/** Rows of one call */
const maxBulk = 10_000;
const rowsPerStep = 250;

/** Who is held is released with all his mail (sending-hold.ts). */
const isSenderFree = sql`NOT EXISTS (SELECT 1 FROM "Account" a WHERE a."id" = m."accountId" AND a."sendingHold" <> '')`;

/** How many recipients the action would change. */
export async function countMatching(filter: QueueFilter, action: BulkAction): Promise<number> {
  const [row] = await db.$queryRaw<{ total: bigint | number }[]>(
    sql`SELECT count(*) AS "total" FROM ${queueTables} WHERE ${changeable(filter, action)}`,
  );
  return Number(row?.total ?? 0);
}

/** Does it to the first `maxBulk`, oldest first; returns how many were changed. */
export async function changeMatching(
  filter: QueueFilter,
  action: BulkAction,
  by: string,
): Promise<number> {
  const rows = await db.$queryRaw<{ id: string }[]>(
    sql`SELECT r."id" AS "id" FROM ${queueTables} WHERE ${changeable(filter, action)}
        ORDER BY r."createdAt", r."id" LIMIT ${maxBulk}`,
  );
  let count = 0;
  for (let start = 0; start < rows.length; start += rowsPerStep) {
    const ids = rows.slice(start, start + rowsPerStep).map(({ id }) => id);
    count += await write((tx) => changeRows(tx, ids, action, by));
  }
  if (count > 0) {
    await write((tx) => recordChangeIn(tx, by, 'queue', `${action} of ${count}: ${name(filter)}`));
  }
  poke('queue');
  return count;
}

/** Why something was left as it is. */
const unfitTexts: Record<BulkAction, string> = {
  retry: 'held, scheduled by the sender, or just being tried',
  hold: 'held already, or just being tried',
  release: 'not held, or held with all mail of the sender',
  bounce: 'just being tried, or held with all mail of the sender',
  drop: 'just being tried',
};

/** The same, with what was left as it is. */
export async function changeAndReport(
  filter: QueueFilter,
  action: BulkAction,
  by: string,
): Promise<BulkReport> {
  const [{ total }, matching] = await Promise.all([
    countUpTo({ from: queueTables, where: conditionOf(filter) }),
    countMatching(filter, action),
  ]);
  const done = await changeMatching(filter, action, by);
  const left = [
    { count: total - matching, text: unfitTexts[action] },
    { count: matching - maxBulk, text: `at most ${maxBulk} at a time; do it again for the rest` },
  ].filter(({ count }) => count > 0);
  return {
    done,
    refused: left.reduce((sum, { count }) => sum + count, 0),
    reasons: left.map(({ count, text }) => {
      const address = count === 1 ? '1 recipient' : `${count} recipients`;
      return { address, text, count };
    }),
  };
}

function changeable(filter: QueueFilter, action: BulkAction) {
  const at = now();
  const isFree = sql`(r."state" IN ('queued', 'held') OR r."leaseUntil" < ${at})`;
  const fits = {
    retry: sql`r."state" <> 'held' AND (m."releaseAt" IS NULL OR m."releaseAt" <= ${at})`,
    hold: sql`r."state" <> 'held'`,
    release: sql`r."state" = 'held' AND ${isSenderFree}`,
    bounce: isSenderFree,
    drop: sql`1 = 1`,
  }[action];
  return sql`${conditionOf(filter)} AND ${isFree} AND ${fits}`;
}

/** The rows of `ids` that nobody has begun to try since they were found. */
async function changeRows(tx: Tx, ids: string[], action: BulkAction, by: string): Promise<number> {
  const at = now();
  const isFree = sql`"id" IN (${join(ids)}) AND ("state" IN ('queued', 'held') OR "leaseUntil" < ${at})`;
  const free = sql`"leaseOwner" = '', "leaseUntil" = NULL`;
  switch (action) {
    case 'retry':
      return tx.$executeRaw`UPDATE "QueueRecipient" SET "state" = 'queued', ${free}, "nextAttemptAt" = ${at}
        WHERE ${isFree} AND "state" <> 'held'`;
    case 'hold':
      return tx.$executeRaw`UPDATE "QueueRecipient" SET "state" = 'held', "holdReason" = 'admin', ${free}
        WHERE ${isFree} AND "state" <> 'held'`;
    case 'release':
      return tx.$executeRaw`UPDATE "QueueRecipient" SET "state" = 'queued', "holdReason" = '', ${free},
        "createdAt" = ${at}, "isDelayTold" = ${false}, "isLetGo" = ${true}, "nextAttemptAt" = COALESCE((
          SELECT "QueueMessage"."releaseAt" FROM "QueueMessage"
          WHERE "QueueMessage"."id" = "QueueRecipient"."messageId" AND "QueueMessage"."releaseAt" > ${at}), ${at})
        WHERE ${isFree} AND "state" = 'held'`;
    case 'bounce':
      return tx.$executeRaw`UPDATE "QueueRecipient" SET "state" = 'queued', "holdReason" = 'bounce', ${free},
        "nextAttemptAt" = ${at} WHERE ${isFree}`;
    case 'drop':
      return dropRows(tx, ids, by);
  }
}

type Dropped = { id: string; messageId: string; recipient: string };

async function dropRows(tx: Tx, ids: string[], by: string): Promise<number> {
  const rows = await tx.$queryRaw<Dropped[]>`DELETE FROM "QueueRecipient"
    WHERE "id" IN (${join(ids)}) AND ("state" IN ('queued', 'held') OR "leaseUntil" < ${now()})
    RETURNING "id", "messageId", "recipient"`;
  const messageIds = [...new Set(rows.map(({ messageId }) => messageId))];
  if (messageIds.length === 0) return 0;
  const messages = await tx.queueMessage.findMany({
    where: { id: { in: messageIds } },
    select: { id: true, traceId: true, accountId: true, sender: true },
  });
  for (const part of cutRows(messageIds.map((id) => sql`${id}`))) {
    await tx.$executeRaw`DELETE FROM "QueueMessage" WHERE "id" IN (${join(part)}) AND NOT EXISTS (
      SELECT 1 FROM "QueueRecipient" WHERE "QueueRecipient"."messageId" = "QueueMessage"."id")`;
  }
  const messageOf = new Map(messages.map((message) => [message.id, message]));
  await recordEventsIn(
    tx,
    rows.flatMap(({ messageId, recipient }) => {
      const message = messageOf.get(messageId);
      if (!message) return [];
      const { traceId, accountId, sender } = message;
      const event = { traceId, accountId, sender, recipient, reason: 'admin' };
      return [{ ...event, kind: 'dropped' as const, text: `removed from the queue by ${by}` }];
    }),
  );
  return rows.length;
}

/** The filter in words, for the trail. */
function name(filter: QueueFilter): string {
  if (filter.ids) return `${filter.ids.length} chosen`;
  const parts = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '');
  return parts.map(([key, value]) => `${key} ${value}`).join(', ') || 'everything';
}
