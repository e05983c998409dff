// REPLACE of the store: one change, with the room of the old message for the new one, or nothing at all.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { isRefusal } from '#lib/errors.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { readView } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { readQuota } from '#server/store/quota/quota.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { replaceMessage } from '#server/store/replace.ts';
import { openTestDatabase } from '#tests/support/database.ts';

async function make(text: string): Promise<NewMessage> {
  return {
    body: await stageBytes(Buffer.from(text)),
    prefix: Buffer.alloc(0),
    flags: 0,
    keywords: [],
    internalDate: new Date('2026-01-01T00:00:00Z'),
  };
}

describe('replaceMessage', () => {
  let close: () => Promise<void>;
  let count = 0;
  before(async () => {
    const database = await openTestDatabase();
    close = () => database.close();
    await addDomain({ name: 'example.test' }, 'test');
  });
  after(() => close());

  async function open(quotaBytes?: number) {
    const address = `user${count++}@example.test`;
    const more = quotaBytes === undefined ? {} : { quotaBytes };
    const { id: accountId } = await addAccount(
      { address, password: 'correct horse battery', ...more },
      'test',
    );
    await ensureMailboxes(accountId);
    const placeOf = async (name: string) => {
      const mailbox = await findMailbox(accountId, name);
      assert.ok(mailbox);
      return { accountId, mailboxId: mailbox.id };
    };
    return { accountId, drafts: await placeOf('Drafts'), sent: await placeOf('Sent') };
  }

  type Place = { accountId: string; mailboxId: string };
  const uidsOf = async ({ accountId, mailboxId }: Place) => [
    ...(await readView(accountId, mailboxId)).roll.uids,
  ];
  const add = async ({ accountId, mailboxId }: Place, text: string) =>
    (await appendMessages(accountId, mailboxId, [await make(text)])).uids[0]!;

  it('puts the new message where the old one was, or elsewhere', async () => {
    const { drafts, sent } = await open();
    const first = await add(drafts, 'Subject: 1\r\n\r\n');
    const second = await replaceMessage(
      { ...drafts, uid: first },
      drafts,
      await make('a: 2\r\n\r\n'),
    );
    assert.deepEqual(await uidsOf(drafts), [second.uid]);
    assert.ok(second.uid > first);
    const third = await replaceMessage(
      { ...drafts, uid: second.uid },
      sent,
      await make('a: 3\r\n\r\n'),
    );
    assert.deepEqual([await uidsOf(drafts), await uidsOf(sent)], [[], [third.uid]]);
    const [message] = await readMessages(sent.accountId, sent.mailboxId, [third.uid]);
    assert.ok(message);
    assert.equal(String(await readBytes(message)), 'a: 3\r\n\r\n');
  });

  it('keeps the quota right, and gives the new one the room of the old one', async () => {
    const { accountId, drafts } = await open(1000);
    const uid = await add(drafts, 'x'.repeat(900));
    const { uid: next } = await replaceMessage(
      { ...drafts, uid },
      drafts,
      await make('y'.repeat(950)),
    );
    const quota = await readQuota(accountId);
    assert.deepEqual([quota.usedBytes, quota.usedMessages], [950, 1]);
    await assert.rejects(
      replaceMessage({ ...drafts, uid: next }, drafts, await make('z'.repeat(1001))),
      (error) => isRefusal(error, 'over-quota'),
    );
    assert.deepEqual(await uidsOf(drafts), [next]);
    const after = await readQuota(accountId);
    assert.deepEqual([after.usedBytes, after.usedMessages], [950, 1]);
  });

  it('stores nothing where there is nothing to replace', async () => {
    const { drafts, sent } = await open();
    await assert.rejects(replaceMessage({ ...drafts, uid: 5 }, sent, await make('a')), (error) =>
      isRefusal(error, 'not-found'),
    );
    assert.deepEqual(await uidsOf(sent), []);
    const uid = await add(drafts, 'b');
    const nowhere = { accountId: drafts.accountId, mailboxId: 'none' };
    await assert.rejects(replaceMessage({ ...drafts, uid }, nowhere, await make('a')), (error) =>
      isRefusal(error, 'not-found'),
    );
    assert.deepEqual(await uidsOf(drafts), [uid]);
  });

  it('lets only one of two that replace the same message win', async () => {
    const { drafts } = await open();
    const uid = await add(drafts, 'old');
    const made = await Promise.all(['one', 'two', 'three'].map(make));
    const outcomes = await Promise.allSettled(
      made.map((message) => replaceMessage({ ...drafts, uid }, drafts, message)),
    );
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal((await uidsOf(drafts)).length, 1);
  });
});
