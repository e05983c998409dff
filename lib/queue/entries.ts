// The rows of queued recipients, as pages, CLI and runner see them. One row is one recipient of one message.
//
// States, what they mean, and what a crash (kill -9, power) leaves in each:
//
//   queued   due at nextAttemptAt: new (attempts 0), deferred (attempts > 0), or to be returned (holdReason "bounce").
//            A crash changes nothing: the row is durable before anybody was told "250".
//   sending  under a lease of one runner. A crash leaves the row so; after leaseUntil any runner tries it again. Where
//            the other side had taken the mail and its answer was not stored yet, it gets the mail twice (RFC 5321
//            §4.5.4.1: better than never); mailboxes here do not, the copy and the end of the row are one commit.
//   held     waits for a person, or for its sender to be let go. A crash changes nothing.
//   (none)   delivered, failed, expired, dropped or cancelled: a finished recipient has no row. The trail keeps which,
//            with the last reply; row, report and event are one commit, so that a crash leaves all of them or none.
//
// Legal moves (who makes the move is in brackets):
//
//   (none)  -> queued    enqueue, inside the write() that also makes the body durable      [smtp, delivery]
//   (none)  -> held      the same, of mail that a rule holds or whose sender is held       [smtp, delivery]
//   queued  -> sending   nextAttemptAt is due; a lease (leaseOwner, leaseUntil) is taken   [runner]
//   queued, sending -> held  due, or its lease over, while its sender is held              [runner]
//   sending -> queued    the attempt was deferred, or the daemon stops                     [runner, lease owner only]
//   sending -> (none)    delivered, bounced or given up                                    [runner, lease owner only]
//   sending -> queued    the lease is over: its owner crashed; any runner recovers the row [runner]
//   queued  -> queued    later, as its destination rests (server/queue/concurrency.ts)     [runner]
//   queued  -> queued    retry: due now; another time of release (RFC 4865)                [admin; its sender]
//   queued, held -> queued  to be returned: the runner ends it with a report               [admin]
//   queued  -> held      hold                                                              [admin]
//   queued  -> held      a relay rule holds it, unless somebody has released it (isLetGo)  [runner]
//   queued  -> held      its sender is held (sending-hold.ts)                              [smtp, runner, admin]
//   held    -> queued    release, retry: due now, or at its time of release                [admin]
//   queued, held -> (none)  drop; no bounce                                                [admin]
//   queued, held -> (none)  cancelled before its time of release (scheduled.ts)            [its sender]
//
// A recipient may be an address here: mail that was held or scheduled is delivered into mailboxes from the queue
// (server/queue/local-attempt.ts). "held" says in holdReason why; of the others only what is to be returned has one.
// Released, a recipient begins anew: createdAt, from which lifetime and delay count, moves to that moment; and relay rules
// that hold mail pass it by from then on (isLetGo), so that the next rule that fits takes it.
// A row under a living lease belongs to its owner: others' moves answer 'conflict' meanwhile.
// The message row goes with its last recipient, in the same write().
import { now } from '#lib/clock.ts';
import { db, join, sql, type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { poke } from '#lib/poke.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import { recordEventIn } from '#lib/trail/record.ts';
import type { HoldReason } from './enqueue.ts';
import { conditionOf, type QueueFilter, type QueueState, queueTables } from './filter.ts';

export type { QueueState } from './filter.ts';

export type QueueEntry = {
  /** Of the recipient row. */
  id: string;
  messageId: string;
  traceId: string;
  /** Empty for the null sender. */
  sender: string;
  recipient: string;
  domain: string;
  state: QueueState;
  /** Of a held one. */
  holdReason: HoldReason | '';
  /** Goes back to its sender at the next look. */
  isReturning: boolean;
  attempts: number;
  createdAt: Date;
  nextAttemptAt: Date;
  /** Its sender wants it sent then (RFC 4865); null = at once. */
  releaseAt: Date | null;
  /** The user who submitted it, where one did. */
  accountId: string | null;
  /** What the other side said last; code 0 when there was no reply. Hostile text. */
  lastCode: number;
  lastText: string;
  lastHost: string;
  sizeBytes: number;
  /** Hostile text. */
  subject: string;
};

const defaultPageSize = 50;
const maxPageSize = 500;
const maxHeaderBytes = 65_536;

/** The time of the next attempt of what an administrator wants tried now: before all others, and past a rest. */
export const urgentAt = new Date(0);

/** Queued recipients that the filter finds, newest first. */
export async function listQueue(
  filter: QueueFilter & { page?: number; pageSize?: number } = {},
): Promise<{ rows: QueueEntry[]; total: number }> {
  const size = Math.min(Math.max(1, Math.trunc(filter.pageSize ?? defaultPageSize)), maxPageSize);
  const skip = (Math.max(1, Math.trunc(filter.page ?? 1)) - 1) * size;
  const from = sql`FROM ${queueTables} WHERE ${conditionOf(filter)}`;
  const [counted, picked] = await Promise.all([
    db.$queryRaw<{ total: bigint | number }[]>(sql`SELECT count(*) AS total ${from}`),
    db.$queryRaw<{ id: string }[]>(
      sql`SELECT r."id" AS id ${from} ORDER BY r."createdAt" DESC, r."id" DESC LIMIT ${size} OFFSET ${skip}`,
    ),
  ]);
  const rows = await readEntries(picked.map((row) => row.id));
  return { rows, total: Number(counted[0]?.total ?? 0) };
}

/** Domains with the most recipients in the queue. */
export async function listQueuedDomains(
  limit = 10,
): Promise<{ domain: string; recipients: number }[]> {
  const groups = await db.queueRecipient.groupBy({
    by: ['domain'],
    _count: { _all: true },
    orderBy: [{ _count: { domain: 'desc' } }, { domain: 'asc' }],
    take: limit,
  });
  return groups.map(({ domain, _count }) => ({ domain, recipients: _count._all }));
}

/** Header of the message as it leaves, trace fields first; hostile text, at most 64 KB. Refusal 'not-found'. */
export async function readHeader(id: string): Promise<string> {
  const row = await db.queueRecipient.findUnique({ where: { id }, select: { messageId: true } });
  const message = row && (await db.queueMessage.findUnique({ where: { id: row.messageId } }));
  if (!message) throw new Refusal('not-found', 'This recipient is not in the queue any more.');
  const rendering = await db.rendering.findUnique({
    where: { blobId: message.blobId },
    select: { header: true },
  });
  const bytes = Buffer.concat([message.prefix, rendering?.header ?? Buffer.alloc(0)]);
  return bytes.subarray(0, maxHeaderBytes).toString('utf8').trimEnd();
}

/** How many recipients are in each state. */
export async function countQueue(): Promise<Record<QueueState, number>> {
  const counts: Record<QueueState, number> = { queued: 0, held: 0, sending: 0 };
  const groups = await db.queueRecipient.groupBy({ by: ['state'], _count: { _all: true } });
  for (const group of groups) {
    if (group.state in counts) counts[group.state as QueueState] = group._count._all;
  }
  return counts;
}

/** One recipient row; null when it is finished or never was. */
export async function findEntry(id: string): Promise<QueueEntry | null> {
  return (await readEntries([id]))[0] ?? null;
}

/**
 * Makes the next attempt due now; a held recipient is released. What its sender has scheduled is not sent before
 * its time. Refusal 'not-found', 'conflict'.
 */
export async function retryEntry(id: string, by: string): Promise<void> {
  await changeEntry(id, by, 'retry');
}

/** Takes a recipient out of the attempts until it is released. Refusal 'not-found', 'conflict'. */
export async function holdEntry(id: string, by: string): Promise<void> {
  await changeEntry(id, by, 'hold');
}

/**
 * Puts a held recipient back: due now, or at its time of release. Refusal 'not-found', 'conflict'; 'conflict' also
 * while its sender is held, since that would hold it again.
 */
export async function releaseEntry(id: string, by: string): Promise<void> {
  await changeEntry(id, by, 'release');
}

/**
 * Gives a recipient up: the sender gets a report as after a permanent failure, made by the runner. Refusal 'not-found',
 * 'conflict'.
 */
export async function bounceEntry(id: string, by: string): Promise<void> {
  await changeEntry(id, by, 'bounce');
}

/** Makes every queued recipient due now; returns how many. Held and scheduled ones stay. */
export async function retryAll(by: string): Promise<number> {
  const count = await write(async (tx) => {
    const at = now();
    const count = await tx.$executeRaw`UPDATE "QueueRecipient" SET "nextAttemptAt" = ${at}
      WHERE "state" = 'queued' AND "nextAttemptAt" > ${at} AND NOT EXISTS (
        SELECT 1 FROM "QueueMessage" WHERE "QueueMessage"."id" = "QueueRecipient"."messageId"
          AND "QueueMessage"."releaseAt" > ${at})`;
    await recordChangeIn(tx, by, 'queue', `retry of all recipients (${count})`);
    return count;
  });
  poke('queue');
  return count;
}

/** Removes a recipient for good, without a bounce. Refusal 'not-found', 'conflict'. */
export async function dropEntry(id: string, by: string): Promise<void> {
  await write(async (tx) => {
    const row = await readForChange(tx, id);
    await removeRecipients(tx, row.message.id, [id]);
    await recordEventIn(tx, {
      traceId: row.message.traceId,
      kind: 'dropped',
      accountId: row.message.accountId,
      sender: row.message.sender,
      recipient: row.recipient.recipient,
      reason: 'admin',
      text: `removed from the queue by ${by}`,
    });
  });
  poke('queue');
}

/** Deletes recipient rows of one message, and the message row when no recipient is left. */
export async function removeRecipients(tx: Tx, messageId: string, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw(sql`DELETE FROM "QueueRecipient" WHERE "id" IN (${join(ids)})`);
  await tx.$executeRaw(
    sql`DELETE FROM "QueueMessage" WHERE "id" = ${messageId}
        AND NOT EXISTS (SELECT 1 FROM "QueueRecipient" WHERE "messageId" = ${messageId})`,
  );
}

/**
 * Removes message rows without recipients; a timed job. Two transactions on PostgreSQL that each end one of
 * the last two recipients do not see one another, so neither removes the message.
 */
export async function removeEmptyMessages(): Promise<{ messages: number }> {
  const empty = sql`NOT EXISTS (SELECT 1 FROM "QueueRecipient" WHERE "messageId" = "QueueMessage"."id")`;
  const rows = await db.$queryRaw<{ id: string }[]>(
    sql`SELECT "id" AS "id" FROM "QueueMessage" WHERE ${empty} LIMIT 1000`,
  );
  if (rows.length === 0) return { messages: 0 };
  const ids = join(rows.map((row) => row.id));
  const messages = await write((tx) =>
    tx.$executeRaw(sql`DELETE FROM "QueueMessage" WHERE "id" IN (${ids}) AND ${empty}`),
  );
  return { messages };
}

async function changeEntry(
  id: string,
  by: string,
  action: 'retry' | 'hold' | 'release' | 'bounce',
): Promise<void> {
  await write(async (tx) => {
    const { recipient, message } = await readForChange(tx, id);
    const isHeld = recipient.state === 'held';
    if (action === 'release' && !isHeld) return;
    if (action === 'hold' && isHeld) return;
    if (action !== 'hold' && isHeld) await refuseOfHeld(tx, message.accountId);
    const at = now();
    const { releaseAt } = message;
    const free = { leaseOwner: '', leaseUntil: null };
    await tx.queueRecipient.update({
      where: { id },
      data:
        action === 'hold'
          ? { ...free, state: 'held', holdReason: 'admin' }
          : action === 'bounce'
            ? { ...free, state: 'queued', holdReason: 'bounce', nextAttemptAt: urgentAt }
            : {
                ...free,
                state: 'queued',
                holdReason: '',
                nextAttemptAt: releaseAt && releaseAt > at ? releaseAt : urgentAt,
                ...(isHeld ? { createdAt: at, isDelayTold: false, isLetGo: true } : {}),
              },
    });
    await recordEventIn(tx, {
      traceId: message.traceId,
      kind: 'changed',
      accountId: message.accountId,
      sender: by,
      recipient: recipient.recipient,
      text: `queue: ${action}`,
    });
  });
  poke('queue');
}

/** Refusal 'conflict': mail of a held sender is released with him. */
async function refuseOfHeld(tx: Tx, accountId: string | null): Promise<void> {
  if (!accountId) return;
  const account = await tx.account.findUnique({
    where: { id: accountId },
    select: { sendingHold: true, address: true },
  });
  if (!account?.sendingHold) return;
  throw new Refusal(
    'conflict',
    `All mail of ${account.address} is held; release the user's mail instead.`,
  );
}

/** The rows of a recipient that nobody is sending right now. */
async function readForChange(tx: Tx, id: string) {
  const recipient = await tx.queueRecipient.findUnique({ where: { id } });
  const message =
    recipient && (await tx.queueMessage.findUnique({ where: { id: recipient.messageId } }));
  if (!recipient || !message) {
    throw new Refusal('not-found', 'This recipient is not in the queue any more.');
  }
  const isLeased =
    recipient.state === 'sending' && recipient.leaseUntil !== null && recipient.leaseUntil > now();
  if (isLeased) {
    throw new Refusal('conflict', 'This recipient is being tried right now; look again shortly.');
  }
  return { recipient, message };
}

/** Entries in the order of `ids`; ids without a row are left out. */
export async function readEntries(ids: string[]): Promise<QueueEntry[]> {
  if (ids.length === 0) return [];
  const recipients = await db.queueRecipient.findMany({ where: { id: { in: ids } } });
  const messages = await db.queueMessage.findMany({
    where: { id: { in: [...new Set(recipients.map((row) => row.messageId))] } },
    omit: { prefix: true },
  });
  const renderings = await db.rendering.findMany({
    where: { blobId: { in: [...new Set(messages.map((row) => row.blobId))] } },
    select: { blobId: true, subject: true },
  });
  const messageOf = new Map(messages.map((row) => [row.id, row]));
  const subjectOf = new Map(renderings.map((row) => [row.blobId, row.subject]));
  const rowOf = new Map(recipients.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = rowOf.get(id);
    const message = row && messageOf.get(row.messageId);
    if (!row || !message) return [];
    return [
      {
        id,
        messageId: message.id,
        traceId: message.traceId,
        sender: message.sender,
        recipient: row.recipient,
        domain: row.domain,
        state: row.state as QueueState,
        holdReason: row.state === 'held' ? (row.holdReason as HoldReason | '') : '',
        isReturning: row.state !== 'held' && row.holdReason === 'bounce',
        attempts: row.attempts,
        createdAt: row.createdAt,
        nextAttemptAt: row.nextAttemptAt > urgentAt ? row.nextAttemptAt : now(),
        releaseAt: message.releaseAt,
        accountId: message.accountId,
        lastCode: row.lastCode,
        lastText: row.lastText,
        lastHost: row.lastHost,
        sizeBytes: Number(message.sizeBytes),
        subject: subjectOf.get(message.blobId) ?? '',
      },
    ];
  });
}
