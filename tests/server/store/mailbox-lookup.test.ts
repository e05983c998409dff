// Rows of mailboxes that are kept until the next commit: never older than what was committed before the look.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isSqlite, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { lookUpMailbox, lookUpMailboxByName } from '#server/store/mailbox-lookup.ts';
import { changeMailbox } from '#server/store/mailbox-row.ts';
import { createMailbox, deleteMailbox, renameMailbox } from '#server/store/mailboxes.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { mailboxOf, makeAccount } from './fixture.ts';

const isMissing = (error: unknown) => isRefusal(error, 'not-found');

describe('looking up mailboxes', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.close());

  test('sees each commit at once', async () => {
    const account = await makeAccount();
    const { id } = await mailboxOf(account, 'INBOX');
    for (let turn = 0; turn < 5; turn++) {
      const changed = await write((tx) => changeMailbox(tx, account, id, { uids: 3 }));
      assert.deepEqual(await lookUpMailbox(account, id), changed);
      assert.deepEqual(await lookUpMailboxByName(account, 'INBOX'), changed);
    }
  });

  test('sees that a mailbox has come, moved and gone', async () => {
    const account = await makeAccount();
    assert.equal(await lookUpMailboxByName(account, 'New'), null);
    await createMailbox(account, 'New');
    const { id } = (await lookUpMailboxByName(account, 'New'))!;
    await renameMailbox(account, 'New', 'Old');
    assert.equal(await lookUpMailboxByName(account, 'New'), null);
    assert.equal((await lookUpMailbox(account, id)).name, 'Old');
    await deleteMailbox(account, 'Old');
    assert.equal(await lookUpMailboxByName(account, 'Old'), null);
    await assert.rejects(lookUpMailbox(account, id), isMissing);
  });

  test('is one for each account', async () => {
    const account = await makeAccount();
    const { id } = await mailboxOf(account, 'INBOX');
    await assert.rejects(lookUpMailbox(await makeAccount(), id), isMissing);
  });

  test('reads once while nobody commits', { skip: !isSqlite() }, async () => {
    const account = await makeAccount();
    const { id } = await mailboxOf(account, 'INBOX');
    assert.equal(await lookUpMailbox(account, id), await lookUpMailbox(account, id));
  });
});
