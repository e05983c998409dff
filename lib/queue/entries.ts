// The rows of queued recipients, as pages, CLI and runner see them. One row is one recipient of one message.
//
// States and their legal moves (who makes the move is in brackets):
//
//   (none)  -> queued    enqueue, inside the write() that also makes the body durable      [smtp, delivery]
//   (none)  -> held      the same, of mail that a rule holds or whose sender is held       [smtp, delivery]
//   queued  -> sending   nextAttemptAt is due; a lease (leaseOwner, leaseUntil) is taken   [runner]
//   queued, sending -> held  due, or its lease over, while its sender is held              [runner]
//   sending -> queued    the attempt was deferred, or the daemon stops                     [runner, lease owner only]
//   sending -> (none)    delivered, bounced or given up                                    [runner, lease owner only]
//   sending -> queued    the lease is over: its owner crashed; any runner recovers the row [runner]
//   queued  -> queued    retry: due now; another time of release (RFC 4865)                [admin; its sender]
//   queued  -> held      hold                                                              [admin]
//   queued  -> held      its sender is held (sending-hold.ts)                              [smtp, runner, admin]
//   held    -> queued    release, retry: due now, or at its time of release                [admin]
//   queued, held -> (none)  drop; no bounce                                                [admin]
//   queued, held -> (none)  cancelled before its time of release (scheduled.ts)            [its sender]
//
// A recipient may be an address here: mail that was held or scheduled is delivered into mailboxes from the queue
// (server/queue/local-attempt.ts). "held" says in holdReason why; a row in another state has none. Released, it
// begins anew: createdAt, from which lifetime and delay count, moves to that moment.
// A row under a living lease belongs to its owner: others' moves answer 'conflict' meanwhile.
// The message row goes with its last recipient, in the same write().
import { now } from '#lib/clock.ts';
import { db, empty, join, sql, type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { poke } from '#lib/poke.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import { recordEventIn } from '#lib/trail/record.ts';
import type { HoldReason } from './enqueue.ts';

export type QueueState = 'queued' | 'held' | 'sending';

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

/** The time of the next attempt of what an administrator wants tried now: before all others, and past a rest. */
export const urgentAt = new Date(0);

/** Queued recipients, newest first. `search` looks into sender, recipient and subject, whatever the case. */
export async function listQueue(
  filter: {
    search?: string;
    state?: QueueState;
    holdReason?: HoldReason;
    /** Of this user only. */
    accountId?: string;
    page?: number;
    pageSize?: number;
  } = {},
): Promise<{ rows: QueueEntry[]; total: number }> {
  const size = Math.min(Math.max(1, Math.trunc(filter.pageSize ?? defaultPageSize)), maxPageSize);
  const skip = (Math.max(1, Math.trunc(filter.page ?? 1)) - 1) * size;
  const text = filter.search?.trim().toLowerCase().slice(0, 300) ?? '';
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const bySearch = text
    ? sql`AND (lower(r."recipient") LIKE ${like} ESCAPE '\\' OR lower(m."sender") LIKE ${like} ESCAPE '\\'
        OR lower(coalesce(d."subject", '')) LIKE ${like} ESCAPE '\\')`
    : empty;
  const byState = filter.state ? sql`AND r."state" = ${filter.state}` : empty;
  const byReason = filter.holdReason ? sql`AND r."holdReason" = ${filter.holdReason}` : empty;
  const byAccount = filter.accountId ? sql`AND m."accountId" = ${filter.accountId}` : empty;
  const from = sql`FROM "QueueRecipient" r JOIN "QueueMessage" m ON m."id" = r."messageId"
    LEFT JOIN "Rendering" d ON d."blobId" = m."blobId" WHERE 1 = 1 ${bySearch} ${byState} ${byReason} ${byAccount}`;
  const [counted, picked] = await Promise.all([
    db.$queryRaw<{ total: bigint | number }[]>(sql`SELECT count(*) AS total ${from}`),
    db.$queryRaw<{ id: string }[]>(
      sql`SELECT r."id" AS id ${from} ORDER BY r."createdAt" DESC, r."id" DESC LIMIT ${size} OFFSET ${skip}`,
    ),
  ]);
  const rows = await readEntries(picked.map((row) => row.id));
  return { rows, total: Number(counted[0]?.total ?? 0) };
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
  action: 'retry' | 'hold' | 'release',
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
          : {
              ...free,
              state: 'queued',
              holdReason: '',
              nextAttemptAt:
                releaseAt && releaseAt > at ? releaseAt : action === 'retry' ? urgentAt : at,
              ...(isHeld ? { createdAt: at, isDelayTold: false } : {}),
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
async function readEntries(ids: string[]): Promise<QueueEntry[]> {
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
