// The process dies amid deliveries from the queue into mailboxes here: kill -9, as power would do.
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { shiftClock } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { inboxOf, queueMail, until } from './fixture.ts';

const count = 100;

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let queue: Running | null = null;
let child: ChildProcess | null = null;

before(async () => {
  database = await openTestDatabase();
  await addDomain({ name: 'own.test' }, 'test');
});
after(async () => {
  child?.kill('SIGKILL');
  await queue?.stop();
  await database.close();
});

it('after kill -9 each message is in the mailbox once', async () => {
  const bob = await addAccount({ address: 'bob@own.test', password: 'correct horse' }, 'test');
  for (let index = 0; index < count; index++) {
    const text = `Subject: number ${index};\r\n\r\nx\r\n`;
    await queueMail({ to: ['bob@own.test'], text });
  }
  child = fork(join(import.meta.dirname, 'child.ts'), {
    env: { ...process.env, DREY_LOG_LEVEL: 'silent' },
  });
  const stored = () => db.message.count({ where: { accountId: bob.id } });
  await until('some arrive', async () => (await stored()) > 10);
  child.kill('SIGKILL');
  await once(child, 'exit');
  shiftClock(61_000);
  queue = await startQueue();
  await until('the queue is empty', async () => (await db.queueMessage.count()) === 0);
  assert.equal(await db.queueRecipient.count(), 0);
  const inbox = await inboxOf(bob.id);
  const subjects = new Set(inbox.map((message) => /Subject: number (\d+);/.exec(message)?.[1]));
  assert.deepEqual([inbox.length, subjects.size], [count, count]);
});
