// New messages in a mailbox: one row each, everything in one transaction (RFC 3502 §6.3.11: all or none).
import { now } from '#lib/clock.ts';
import { join, sql, type Tx, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { insertBlob, type StagedBody } from './blobs.ts';
import { FLAG } from './flag-bits.ts';
import { pokeMailbox } from './journal.ts';
import { joinKeywords } from './keywords.ts';
import { changeMailbox } from './mailbox-row.ts';
import { takeQuota } from './quota.ts';
import { joinThread } from './threads.ts';
import { nextTurn } from './turn.ts';

export type NewMessage = {
  body: StagedBody;
  /** Trace header of this copy, whole lines with CRLF; stands before the body. */
  prefix: Buffer;
  /** Bits of FLAG. */
  flags: number;
  keywords: string[];
  internalDate: Date;
};

export type Appended = {
  uidValidity: number;
  uids: number[];
  emailIds: string[];
  threadIds: string[];
};

/** Messages that one INSERT carries. */
const rowsPerInsert = 200;

/** Adds messages, durable when it resolves. Refusal 'not-found', 'over-quota', 'invalid'. */
export async function appendMessages(
  accountId: string,
  mailboxId: string,
  messages: NewMessage[],
): Promise<Appended> {
  const appended = await write((tx) => insertMessages(tx, accountId, mailboxId, messages));
  pokeMailbox(accountId, mailboxId);
  return appended;
}

/**
 * Adds one message inside a step of the caller, who calls `pokeMailbox` after the commit. Inserts the blob
 * too. A Refusal ('not-found', 'over-quota') leaves nothing behind: the step may go on with others.
 */
export async function appendIn(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  message: NewMessage,
): Promise<{ uid: number; uidValidity: number; emailId: string; threadId: string }> {
  const appended = await insertMessages(tx, accountId, mailboxId, [message]);
  return {
    uid: appended.uids[0]!,
    uidValidity: appended.uidValidity,
    emailId: appended.emailIds[0]!,
    threadId: appended.threadIds[0]!,
  };
}

async function insertMessages(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  messages: NewMessage[],
): Promise<Appended> {
  // Many deliveries share a transaction: let sockets in between two of them.
  await nextTurn();
  const keywords = messages.map((message) => joinKeywords(message.keywords));
  const sizes = messages.map((message) => message.prefix.length + message.body.sizeBytes);
  const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
  // First, since it refuses before anything has changed.
  await takeQuota(tx, accountId, mailboxId, sizeBytes, messages.length);
  const mailbox = await changeMailbox(tx, accountId, mailboxId, {
    uids: messages.length,
    messages: messages.length,
    unseen: messages.filter((message) => (message.flags & FLAG.seen) === 0).length,
    sizeBytes,
  });
  const firstUid = mailbox.uidNext - messages.length;
  const savedAt = now();
  const appended: Appended = {
    uidValidity: mailbox.uidValidity,
    uids: [],
    emailIds: [],
    threadIds: [],
  };
  let rows: ReturnType<typeof sql>[] = [];
  for (const [index, message] of messages.entries()) {
    await insertBlob(tx, message.body);
    const uid = firstUid + index;
    const emailId = newId();
    const threadId = await joinThread(tx, accountId, message.body.facts);
    rows.push(sql`(${accountId}, ${mailboxId}, ${uid}, ${mailbox.highestModseq}, ${emailId}, ${threadId},
      ${message.body.id}, ${message.prefix}, ${sizes[index]}, ${message.flags}, ${keywords[index]},
      ${message.internalDate}, ${savedAt})`);
    appended.uids.push(uid);
    appended.emailIds.push(emailId);
    appended.threadIds.push(threadId);
    if (rows.length < rowsPerInsert && index < messages.length - 1) continue;
    await tx.$executeRaw`INSERT INTO "Message" ("accountId", "mailboxId", "uid", "modseq", "emailId",
      "threadId", "blobId", "prefix", "sizeBytes", "flags", "keywords", "internalDate", "savedAt")
      VALUES ${join(rows)}`;
    rows = [];
  }
  return appended;
}
