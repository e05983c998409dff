// Taking due recipients under a lease, so that two processes never try one. The lease is short and renewed
// while its owner lives; when it ends, whoever looks next takes the row (crash recovery needs no more).
import { fromNow, now } from '#lib/clock.ts';
import { db, join, sql, type Tx, write } from '#lib/db.ts';
import { lockRows } from '#lib/dialect/index.ts';
import { urgentAt } from '#lib/queue/entries.ts';
import { recordEventsIn } from '#lib/trail/record.ts';

/** How long a row stays taken after its owner has died. */
export const leaseMs = 60_000;
export const renewMs = 20_000;

export type DueRow = {
  id: string;
  messageId: string;
  sender: string;
  recipient: string;
  domain: string;
  /** Address of the user who handed it in, or empty. */
  user: string;
  attempts: number;
  isLetGo: boolean;
  sizeBytes: number;
  /** An administrator wants it tried now, whatever its destination has said. */
  isUrgent: boolean;
  /** Goes back to its sender. */
  isReturning: boolean;
};

type RawDue = Omit<DueRow, 'sizeBytes' | 'isUrgent' | 'isReturning' | 'isLetGo' | 'attempts'> & {
  sizeBytes: bigint | number;
  attempts: bigint | number;
  isLetGo: boolean | bigint | number;
  isUrgent: bigint | number;
  holdReason: string;
};

/**
 * Recipients to try now: due, or left by a dead owner. Oldest due first; those of `busyDomains` ("all": of every domain)
 * left out, but for what goes back to its sender: that asks nobody outside.
 */
export async function listDue(
  limit: number,
  busyDomains: string[] | 'all',
  first: 'oldest' | 'newest' = 'oldest',
): Promise<DueRow[]> {
  const at = now();
  const returning = sql`r."holdReason" = 'bounce'`;
  const free =
    busyDomains === 'all'
      ? returning
      : busyDomains.length > 0
        ? sql`(r."domain" NOT IN (${join(busyDomains)}) OR ${returning})`
        : sql`1 = 1`;
  const rows = await db.$queryRaw<RawDue[]>(
    sql`SELECT r."id" AS "id", r."messageId" AS "messageId", m."sender" AS "sender", r."recipient" AS "recipient",
          r."domain" AS "domain", m."sizeBytes" AS "sizeBytes", r."attempts" AS "attempts", r."isLetGo" AS "isLetGo",
          COALESCE(a."address", '') AS "user",
          CASE WHEN r."nextAttemptAt" <= ${urgentAt} THEN 1 ELSE 0 END AS "isUrgent", r."holdReason" AS "holdReason"
        FROM "QueueRecipient" r JOIN "QueueMessage" m ON m."id" = r."messageId"
          LEFT JOIN "Account" a ON a."id" = m."accountId"
        WHERE ((r."state" = 'queued' AND r."nextAttemptAt" <= ${at})
          OR (r."state" = 'sending' AND r."leaseUntil" < ${at})) AND ${free}
        ORDER BY ${first === 'oldest' ? sql`r."nextAttemptAt", r."id"` : sql`r."nextAttemptAt" DESC, r."id" DESC`}
        LIMIT ${limit}`,
  );
  return rows.map(({ holdReason, ...row }) => ({
    ...row,
    isReturning: holdReason === 'bounce',
    sizeBytes: Number(row.sizeBytes),
    attempts: Number(row.attempts),
    isLetGo: Number(row.isLetGo) === 1,
    isUrgent: Number(row.isUrgent) === 1,
  }));
}

/** Due, or left by a dead owner. */
const isClaimable = (at: Date) => sql`(("state" = 'queued' AND "nextAttemptAt" <= ${at})
  OR ("state" = 'sending' AND "leaseUntil" < ${at}))`;

/** Takes those of `ids` that are still due; returns them. Those of a held sender become held instead. */
export function claim(ids: string[], owner: string): Promise<string[]> {
  const at = now();
  return write(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>(
      sql`UPDATE "QueueRecipient" SET "state" = 'sending', "leaseOwner" = ${owner}, "leaseUntil" = ${fromNow(leaseMs)}
          WHERE "id" IN (${join(ids)}) AND ${isClaimable(at)} AND NOT EXISTS (
            SELECT 1 FROM "QueueMessage" m JOIN "Account" a ON a."id" = m."accountId"
            WHERE m."id" = "QueueRecipient"."messageId" AND a."sendingHold" <> '')
          RETURNING "id"`,
    );
    if (rows.length < ids.length) await holdWithSender(tx, ids, at);
    return rows.map((row) => row.id);
  });
}

/** Whatever made them due again (an attempt that was deferred, a dead owner): their sender is held. */
async function holdWithSender(tx: Tx, ids: string[], at: Date): Promise<void> {
  // Locked: a release that is under way comes first, and then there is nothing to hold.
  const held = await tx.$queryRaw<{ id: string; sendingHold: string }[]>`
    SELECT "Account"."id", "Account"."sendingHold" FROM "Account"
    WHERE "Account"."sendingHold" <> '' AND "Account"."id" IN (
      SELECT m."accountId" FROM "QueueMessage" m JOIN "QueueRecipient" r ON r."messageId" = m."id"
      WHERE r."id" IN (${join(ids)}))
    ORDER BY "Account"."id" ${lockRows('Account')}`;
  for (const { id, sendingHold } of held) {
    await tx.$executeRaw`UPDATE "QueueRecipient" SET "state" = 'held', "holdReason" = ${sendingHold},
        "leaseOwner" = '', "leaseUntil" = NULL
      WHERE "id" IN (${join(ids)}) AND ${isClaimable(at)} AND "messageId" IN (
        SELECT m."id" FROM "QueueMessage" m WHERE m."accountId" = ${id})`;
  }
}

/** Lets due rows wait for a destination that rests, without an attempt; what was not tried yet says why. */
export async function postpone(ids: string[], until: Date, why: string): Promise<void> {
  const at = now();
  const text = `not tried, the destination rests: ${why}`;
  await write(
    (
      tx,
    ) => tx.$executeRaw`UPDATE "QueueRecipient" SET "state" = 'queued', "leaseOwner" = '', "leaseUntil" = NULL,
      "nextAttemptAt" = ${until}, "lastText" = CASE WHEN "attempts" = 0 THEN ${text} ELSE "lastText" END
      WHERE "id" IN (${join(ids)}) AND "nextAttemptAt" > ${urgentAt} AND ${isClaimable(at)}`,
  );
}

type Held = { messageId: string; recipient: string };

/** Keeps due rows back until somebody releases them; `why` names the rule. */
export async function holdByRule(ids: string[], why: string): Promise<void> {
  const at = now();
  await write(async (tx) => {
    const rows = await tx.$queryRaw<
      Held[]
    >`UPDATE "QueueRecipient" SET "state" = 'held', "holdReason" = 'rule',
        "leaseOwner" = '', "leaseUntil" = NULL
      WHERE "id" IN (${join(ids)}) AND ${isClaimable(at)} RETURNING "messageId", "recipient"`;
    const messages = await tx.queueMessage.findMany({
      where: { id: { in: [...new Set(rows.map(({ messageId }) => messageId))] } },
      select: { id: true, traceId: true, accountId: true, sender: true },
    });
    const messageOf = new Map(messages.map(({ id, ...facts }) => [id, facts]));
    await recordEventsIn(
      tx,
      rows.flatMap(({ messageId, recipient }) => {
        const facts = messageOf.get(messageId);
        return facts ? [{ ...facts, recipient, kind: 'changed' as const, text: why }] : [];
      }),
    );
  });
}

const idsPerUpdate = 500;

/** Makes the leases of `owner` on these rows long again. */
export async function renewLeases(owner: string, ids: string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += idsPerUpdate) {
    const some = ids.slice(start, start + idsPerUpdate);
    await write((tx) =>
      tx.queueRecipient.updateMany({
        where: { id: { in: some }, state: 'sending', leaseOwner: owner },
        data: { leaseUntil: fromNow(leaseMs) },
      }),
    );
  }
}

/** Puts rows of `owner` back as they were: due, no attempt counted. */
export async function releaseLeases(owner: string): Promise<void> {
  await write((tx) =>
    tx.queueRecipient.updateMany({
      where: { state: 'sending', leaseOwner: owner },
      data: { state: 'queued', leaseOwner: '', leaseUntil: null },
    }),
  );
}

/** When something will be due: the next attempt but to `pausedDomains`, or the end of a lease that is not `owner`'s. */
export async function findNextDue(owner: string, pausedDomains: string[]): Promise<Date | null> {
  const domain = pausedDomains.length > 0 ? { notIn: pausedDomains } : undefined;
  const [queued, leased] = await Promise.all([
    db.queueRecipient.findFirst({
      where: { state: 'queued', domain },
      orderBy: { nextAttemptAt: 'asc' },
      select: { nextAttemptAt: true },
    }),
    db.queueRecipient.findFirst({
      where: { state: 'sending', leaseOwner: { not: owner }, domain },
      orderBy: { leaseUntil: 'asc' },
      select: { leaseUntil: true },
    }),
  ]);
  const times = [queued?.nextAttemptAt, leased?.leaseUntil].flatMap((at) => at ?? []);
  return times.length > 0 ? new Date(Math.min(...times.map((at) => at.getTime()))) : null;
}
