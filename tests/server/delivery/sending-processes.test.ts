// Two daemons on one database take mail of one user at the same time: no limit is overshot, and a burst is told once.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { type Account, addAccount, readAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { readSendingUsage } from '#lib/accounts/sending.ts';
import { db } from '#lib/db.ts';
import { holdSending, releaseSending } from '#lib/queue/sending-hold.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { passMidnight } from '#tests/support/midnight.ts';
import { inboxOf } from '../queue/fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
const password = 'a long enough password';

before(async () => {
  // What is sent counts by the day.
  await passMidnight(60_000);
  database = await openTestDatabase();
  await addDomain({ name: 'own.test' }, 'test');
  await addAccount({ address: 'root@own.test', password, role: 'admin' }, 'test');
});
after(() => database.close());

async function sendFromTwo(account: Account, prefixes: [string, string]): Promise<number> {
  const taken = await Promise.all(
    prefixes.map(
      (prefix) =>
        new Promise<number>((resolve, reject) => {
          let count = -1;
          const child = fork(
            join(import.meta.dirname, 'sending-child.ts'),
            [account.id, account.address, '40', prefix],
            { env: { ...process.env, DREY_LOG_LEVEL: 'silent' } },
          );
          child.on('message', (message) => {
            count = Number(message);
          });
          // What it said may come after its exit, and before this.
          child.on('close', () => (count < 0 ? reject(new Error('it failed')) : resolve(count)));
        }),
    ),
  );
  return taken.reduce((sum, one) => sum + one, 0);
}

it('the last place is taken once', async () => {
  const ada = await addAccount({ address: 'ada@own.test', password }, 'test');
  await writeSetting('sending.messagesPerDay', 50, 'test');
  assert.equal(await sendFromTwo(ada, ['a', 'b']), 50);
  assert.deepEqual((await readSendingUsage(ada.id))?.today, { messages: 50, newRecipients: 50 });
  assert.equal(await db.queueRecipient.count(), 50);
  assert.equal(await db.knownRecipient.count({ where: { accountId: ada.id } }), 50);
});

it('a recipient is new once', async () => {
  const eve = await addAccount({ address: 'eve@own.test', password }, 'test');
  await writeSetting('sending.messagesPerDay', 0, 'test');
  assert.equal(await sendFromTwo(eve, ['same', 'same']), 80);
  assert.deepEqual((await readSendingUsage(eve.id))?.today, { messages: 80, newRecipients: 40 });
});

it('a burst is told once, and everything is held', async () => {
  const bob = await addAccount({ address: 'bob@own.test', password }, 'test');
  await writeSetting('sending.burstMessages', 20, 'test');
  assert.equal(await sendFromTwo(bob, ['a', 'b']), 80);
  assert.equal((await readAccount(bob.id))?.sendingHold, 'burst');
  assert.equal((await inboxOf(bob.id)).length, 1);
  const messages = await db.queueMessage.findMany({ where: { accountId: bob.id } });
  const ids = messages.map(({ id }) => id);
  const rows = await db.queueRecipient.findMany({ where: { messageId: { in: ids } } });
  assert.equal(rows.length, 80);
  assert.ok(rows.every(({ state, holdReason }) => state === 'held' && holdReason === 'burst'));
});

it('held and released amid all that, nothing stays behind', async () => {
  const dan = await addAccount({ address: 'dan@own.test', password }, 'test');
  await writeSetting('sending.burstMessages', 0, 'test');
  let isSending = true;
  const sending = sendFromTwo(dan, ['a', 'b']).finally(() => {
    isSending = false;
  });
  let holds = 0;
  while (isSending) {
    await holdSending(dan.id, 'test');
    await releaseSending(dan.id, 'test');
    holds++;
    // Database calls alone would let nothing else of this process in, the end of the two least of all.
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(await sending, 80);
  assert.ok(holds > 0);
  const messages = await db.queueMessage.findMany({ where: { accountId: dan.id } });
  const ids = messages.map(({ id }) => id);
  const rows = await db.queueRecipient.findMany({ where: { messageId: { in: ids } } });
  assert.equal(rows.length, 80);
  assert.deepEqual([...new Set(rows.map(({ state }) => state))], ['queued']);
});
