// Accounts, mailboxes and messages for the tests of the store.
import assert from 'node:assert/strict';
import { now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { isRecoverable, recoverableName } from '#server/store/mailbox-name.ts';
import {
  ensureMailboxes,
  findMailbox,
  listMailboxes,
  type Mailbox,
} from '#server/store/mailboxes.ts';

/** An account with its first mailboxes; returns its id. */
export async function makeAccount(quotaBytes: number | null = null): Promise<string> {
  const id = newId();
  await write((tx) =>
    tx.account.create({
      data: { id, address: `${id}@example.test`, domainId: 'd', quotaBytes, createdAt: now() },
    }),
  );
  await ensureMailboxes(id);
  return id;
}

export async function mailboxOf(accountId: string, name: string): Promise<Mailbox> {
  const mailbox = await findMailbox(accountId, name);
  assert.ok(mailbox, `there should be a mailbox ${name}`);
  return mailbox;
}

/** A message to append; `text` is the whole of it, lines may end with \n. */
export async function makeMessage(
  text: string | Buffer,
  more: Partial<Omit<NewMessage, 'body'>> = {},
): Promise<NewMessage> {
  const bytes = typeof text === 'string' ? Buffer.from(text.replace(/\r?\n/g, '\r\n')) : text;
  const body = await stageBytes(bytes);
  // Most texts of tests are no whole messages, and their flags are compared (flag-bits.ts, reshapedBit).
  body.facts.isInLineForm = true;
  return {
    body,
    prefix: Buffer.alloc(0),
    flags: 0,
    keywords: [],
    internalDate: new Date('2026-05-06T07:08:09Z'),
    ...more,
  };
}

/** Appends messages to a mailbox and returns their UIDs. */
export async function appendTexts(
  accountId: string,
  mailboxId: string,
  texts: string[],
): Promise<number[]> {
  const messages: NewMessage[] = [];
  for (const text of texts) messages.push(await makeMessage(text));
  return (await appendMessages(accountId, mailboxId, messages)).uids;
}

/** Expunges messages, and expunges them from the twin too, where all that is in it goes. */
export async function removeForGood(
  accountId: string,
  mailboxId: string,
  uids: number[],
): Promise<void> {
  await removeMessages(accountId, mailboxId, uids);
  const all = await listMailboxes(accountId, 'all');
  const own = all.find(({ id }) => id === mailboxId);
  const twin = all.find(({ name }) => name === recoverableName(own?.name ?? ''));
  if (!twin) return;
  const kept = Array.from({ length: twin.uidNext }, (_, index) => index + 1);
  await removeMessages(accountId, twin.id, kept);
}

/** Fails unless every counter of the account equals its rows. */
export async function checkCounters(accountId: string): Promise<void> {
  const messages = await db.message.findMany({ where: { accountId } });
  const account = await db.account.findUniqueOrThrow({ where: { id: accountId } });
  const mailboxes = await db.mailbox.findMany({ where: { accountId } });
  const twins = mailboxes.filter(({ name }) => isRecoverable(name)).map(({ id }) => id);
  const counted = messages.filter(({ mailboxId }) => !twins.includes(mailboxId));
  const total = counted.reduce((sum, message) => sum + Number(message.sizeBytes), 0);
  assert.equal(Number(account.usedBytes), total, 'usedBytes');
  assert.equal(Number(account.usedMessages), counted.length, 'usedMessages');
  for (const mailbox of mailboxes) {
    const own = messages.filter((message) => message.mailboxId === mailbox.id);
    const sizeBytes = own.reduce((sum, message) => sum + Number(message.sizeBytes), 0);
    assert.equal(Number(mailbox.messages), own.length, `messages of ${mailbox.name}`);
    assert.equal(Number(mailbox.sizeBytes), sizeBytes, `sizeBytes of ${mailbox.name}`);
    assert.equal(
      Number(mailbox.unseen),
      own.filter((message) => (message.flags & 1) === 0).length,
      `unseen of ${mailbox.name}`,
    );
    for (const message of own) {
      assert.ok(message.uid < mailbox.uidNext, 'UIDs lie below UIDNEXT');
      assert.ok(message.modseq <= mailbox.highestModseq, 'MODSEQs do not pass HIGHESTMODSEQ');
    }
  }
}
