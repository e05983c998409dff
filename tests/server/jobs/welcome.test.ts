// The mail that greets new users: into the mailbox, once, also where two processes deliver.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount, removeAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { writeUserDefaults } from '#lib/accounts/user-defaults.ts';
import { db } from '#lib/db.ts';
import { deliverWelcomes } from '#server/jobs/welcome.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { readBytes } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const never = () => new AbortController().signal;

describe('welcome mail', () => {
  let close: () => Promise<void>;
  const add = (name: string) =>
    addAccount({ address: `${name}@own.test`, password: 'a nest of seven nuts' }, 'test');

  before(async () => {
    ({ close } = await openTestDatabase());
    await addDomain({ name: 'own.test' }, 'test');
    const letter = { welcomeSubject: 'Hello', welcomeText: 'You are {address}.' };
    await writeUserDefaults('own.test', letter, 'test');
  });
  after(() => close());

  it('lies in the new mailbox, once', async () => {
    const { id } = await add('ada');
    const [one, other] = await Promise.all([deliverWelcomes(never()), deliverWelcomes(never())]);
    assert.equal(one.mailed + other.mailed, 1);
    assert.deepEqual(await deliverWelcomes(never()), { mailed: 0 });
    const inbox = await findMailbox(id, 'INBOX');
    assert.equal(inbox?.messages, 1);
    const row = await db.message.findFirstOrThrow({ where: { accountId: id } });
    const bytes = await readBytes({ blobId: Number(row.blobId), prefix: Buffer.from(row.prefix) });
    assert.match(String(bytes), /^Subject: Hello\r$/m);
    assert.match(String(bytes), /\r\n\r\nYou are ada@own\.test\.\r\n$/);
  });

  it('waits for nobody who is gone', async () => {
    const { id } = await add('bob');
    await removeAccount(id, 'test');
    assert.deepEqual(await deliverWelcomes(never()), { mailed: 0 });
    assert.equal(await db.welcome.count(), 0);
  });
});
