// Mail that its sender has asked to be sent later (RFC 4865): listed, cancelled and moved by that user alone. Only
// before its time: from then on it belongs to the queue runner.
import { fromNow, now } from '#lib/clock.ts';
import { type Db, db, type Tx, write } from '#lib/db.ts';
import { lockRows } from '#lib/dialect/index.ts';
import { Refusal } from '#lib/errors.ts';
import { poke } from '#lib/poke.ts';
import { readSetting } from '#lib/settings/index.ts';
import { recordEventsIn } from '#lib/trail/record.ts';
import { removeRecipients } from './entries.ts';

export type Scheduled = {
  /** Id of the message row, for the functions here. */
  messageId: string;
  traceId: string;
  releaseAt: Date;
  createdAt: Date;
  sender: string;
  recipients: string[];
  sizeBytes: number;
  /** Hostile text. */
  subject: string;
  /** Message-ID of its header, without brackets: the copy in Sent or Drafts has the same; may be empty. */
  headerId: string;
  /** It will not leave at its time, since an administrator has to let it go. */
  isHeld: boolean;
};

const maxListed = 500;

/** The user's scheduled mail, next first. */
export async function listScheduled(accountId: string): Promise<Scheduled[]> {
  return describe(db, { accountId, releaseAt: { gt: now() } });
}

/**
 * Takes scheduled mail back; nobody gets it. Returns what it was. Refusal 'not-found', also for another user's;
 * 'conflict' when its time has come and it is just being sent.
 */
export async function cancelScheduled(accountId: string, messageId: string): Promise<Scheduled> {
  const cancelled = await write(async (tx) => {
    const { scheduled, rowIds } = await takeOver(tx, accountId, messageId);
    await removeRecipients(tx, messageId, rowIds);
    await recordEventsIn(
      tx,
      scheduled.recipients.map((recipient) => ({
        traceId: scheduled.traceId,
        kind: 'dropped',
        accountId,
        sender: scheduled.sender,
        recipient,
        reason: 'cancelled',
        text: 'taken back by its sender before its time',
      })),
    );
    return scheduled;
  });
  poke('queue');
  return cancelled;
}

/**
 * Another time for scheduled mail; a time that has passed sends it now. Refusal as cancelScheduled(), and 'invalid' for a
 * time further away than the setting smtp.futureReleaseDays.
 */
export async function rescheduleSending(
  accountId: string,
  messageId: string,
  releaseAt: Date,
): Promise<Scheduled> {
  if (Number.isNaN(releaseAt.getTime()))
    throw new Refusal('invalid', 'That is no time.', 'releaseAt');
  const days = await readSetting('smtp.futureReleaseDays');
  if (releaseAt > fromNow(days * 24 * 3_600_000)) {
    throw new Refusal('invalid', `Mail can be sent ${days} days later at most.`, 'releaseAt');
  }
  const moved = await write(async (tx) => {
    const { scheduled, rowIds } = await takeOver(tx, accountId, messageId);
    const at = now();
    const time = releaseAt > at ? releaseAt : at;
    await tx.queueMessage.update({ where: { id: messageId }, data: { releaseAt: time } });
    await tx.queueRecipient.updateMany({
      where: { id: { in: rowIds } },
      data: { nextAttemptAt: time },
    });
    await recordEventsIn(tx, [
      {
        traceId: scheduled.traceId,
        kind: 'queued',
        accountId,
        sender: scheduled.sender,
        recipient: scheduled.recipients[0] ?? '',
        reason: 'rescheduled',
        text: time > at ? `to be sent at ${time.toISOString()}` : 'to be sent now',
      },
    ]);
    return { ...scheduled, releaseAt: time };
  });
  poke('queue');
  return moved;
}

/** Locks the rows of a message that is still to wait. */
async function takeOver(
  tx: Tx,
  accountId: string,
  messageId: string,
): Promise<{ scheduled: Scheduled; rowIds: string[] }> {
  const rows = await tx.$queryRaw<{ id: string; state: string }[]>`
    SELECT "QueueRecipient"."id", "QueueRecipient"."state" FROM "QueueRecipient"
    WHERE "messageId" = ${messageId} ORDER BY "QueueRecipient"."id" ${lockRows('QueueRecipient')}`;
  const [scheduled] = await describe(tx, {
    id: messageId,
    accountId,
    releaseAt: { not: null },
  });
  if (!scheduled || rows.length === 0) {
    throw new Refusal('not-found', 'This message does not wait to be sent.');
  }
  if (scheduled.releaseAt <= now() || rows.some(({ state }) => state === 'sending')) {
    throw new Refusal('conflict', 'This message is just being sent.');
  }
  return { scheduled, rowIds: rows.map(({ id }) => id) };
}

type Where = {
  id?: string;
  accountId: string;
  releaseAt: { gt: Date } | { not: null };
};

async function describe(source: Db, where: Where): Promise<Scheduled[]> {
  const messages = await source.queueMessage.findMany({
    where,
    orderBy: [{ releaseAt: 'asc' }, { id: 'asc' }],
    take: maxListed,
    omit: { prefix: true },
  });
  const recipients = await source.queueRecipient.findMany({
    where: { messageId: { in: messages.map(({ id }) => id) } },
    orderBy: { recipient: 'asc' },
    select: { messageId: true, recipient: true, state: true },
  });
  const renderings = await source.rendering.findMany({
    where: { blobId: { in: messages.map(({ blobId }) => blobId) } },
    select: { blobId: true, subject: true, messageId: true },
  });
  return messages.flatMap((message) => {
    const own = recipients.filter(({ messageId }) => messageId === message.id);
    const rendering = renderings.find(({ blobId }) => blobId === message.blobId);
    if (!message.releaseAt || own.length === 0) return [];
    return [
      {
        messageId: message.id,
        traceId: message.traceId,
        releaseAt: message.releaseAt,
        createdAt: message.createdAt,
        sender: message.sender,
        recipients: own.map(({ recipient }) => recipient),
        sizeBytes: Number(message.sizeBytes),
        subject: rendering?.subject ?? '',
        headerId: (rendering?.messageId ?? '').replace(/^<|>$/g, ''),
        isHeld: own.some(({ state }) => state === 'held'),
      },
    ];
  });
}
