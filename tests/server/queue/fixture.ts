// A queue with own users, a name server and messages, for the tests of the runner.
import { setTimeout as sleep } from 'node:timers/promises';
import { db, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { poke } from '#lib/poke.ts';
import { enqueue, type QueuedRecipient } from '#lib/queue/enqueue.ts';
import { listEvents, type TrailEvent } from '#lib/trail/list.ts';
import { insertBlob, stageBytes } from '#server/store/bodies/blobs.ts';
import { readView } from '#server/store/journal.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { readBytes, readMessages } from '#server/store/read.ts';

const waitLimitMs = 150_000;

/** Polls until `check` gives something true; fails after minutes. */
export async function until<T>(what: string, check: () => Promise<T>): Promise<NonNullable<T>> {
  const deadline = performance.now() + waitLimitMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(10);
  }
}

export type Queued = {
  sender?: string;
  to: (string | QueuedRecipient)[];
  text?: string;
  accountId?: string | null;
  envid?: string;
  ret?: string;
};

/** Puts a message into the queue and pokes; returns ids of its message row and trace. */
export async function queueMail(mail: Queued): Promise<{ messageId: string; traceId: string }> {
  const text = mail.text ?? 'From: ada@own.test\r\nSubject: hello\r\n\r\nbody\r\n';
  const body = await stageBytes(Buffer.from(text));
  const prefix = Buffer.from('Received: by mail.own.test\r\n');
  const traceId = newId();
  const messageId = await write(async (tx) => {
    return enqueue(tx, {
      blobId: await insertBlob(tx, body),
      prefix,
      sizeBytes: prefix.length + body.sizeBytes,
      sender: mail.sender ?? 'ada@own.test',
      accountId: mail.accountId ?? null,
      recipients: mail.to.map((to) => (typeof to === 'string' ? { recipient: to } : to)),
      envid: mail.envid,
      ret: mail.ret,
      traceId,
    });
  });
  poke('queue');
  return { messageId, traceId };
}

/** Recipient rows of a message, by recipient. */
export async function rowsOf(messageId: string) {
  return db.queueRecipient.findMany({ where: { messageId }, orderBy: { recipient: 'asc' } });
}

/** Waits until the queue knows nothing of the message any more. */
export async function untilGone(messageId: string): Promise<void> {
  await until('the message leaves the queue', async () => {
    const message = await db.queueMessage.findUnique({ where: { id: messageId } });
    return message === null && (await rowsOf(messageId)).length === 0;
  });
}

/** Waits until every row of the message had so many attempts and none is running. */
export async function untilTried(messageId: string, attempts: number) {
  return until(`${attempts} attempts`, async () => {
    const rows = await rowsOf(messageId);
    const isDone = rows.every((row) => row.state === 'queued' && row.attempts >= attempts);
    return rows.length > 0 && isDone ? rows : null;
  });
}

/** Events of a message, oldest first, as "kind recipient". */
export async function eventsOf(traceId: string): Promise<(TrailEvent & { short: string })[]> {
  const events = await listEvents({ traceId, pageSize: 100 });
  return events
    .toReversed()
    .map((event) => ({ ...event, short: `${event.kind} ${event.recipient}` }));
}

/** Texts of all messages in an account's inbox. */
export async function inboxOf(accountId: string): Promise<string[]> {
  const inbox = await findMailbox(accountId, 'INBOX');
  if (!inbox) return [];
  const { roll } = await readView(accountId, inbox.id);
  const uids = [...roll.uids];
  const messages = await readMessages(accountId, inbox.id, uids);
  return Promise.all(messages.map(async (message) => (await readBytes(message)).toString('utf8')));
}
