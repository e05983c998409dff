// What users call spam is taught to rspamd, where there is one that learns.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { now } from '#lib/clock.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { learnFromUser, settleLessons } from '#server/control/learn.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let server: Server;
const taught: string[] = [];
before(async () => {
  database = await openTestDatabase();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      taught.push(`${request.url} ${Buffer.concat(chunks).toString()}`);
      response.end('{"success":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  server.close();
  await database.close();
});

test('teaches spam and ham', async () => {
  await addDomain({ name: 'example.org' }, 'test');
  const { id } = await addAccount(
    { address: 'ada@example.org', password: 'long enough one' },
    'test',
  );
  await ensureMailboxes(id);
  const inbox = await findMailbox(id, 'INBOX');
  const body = await stageBytes(Buffer.from('Subject: win\r\n\r\nnow\r\n'));
  const message = { body, prefix: Buffer.alloc(0), flags: 0, keywords: [], internalDate: now() };
  const { uids } = await appendMessages(id, inbox!.id, [message]);
  const lesson = { accountId: id, folder: 'INBOX', uids, isSpam: true };
  assert.deepEqual(await learnFromUser(lesson), { isLearning: false });
  const { port } = server.address() as { port: number };
  await writeSetting('content.rspamdLearnUrl', `http://127.0.0.1:${port}`, 'test');
  assert.deepEqual(await learnFromUser(lesson), { isLearning: true });
  await learnFromUser({ ...lesson, isSpam: false });
  await learnFromUser({ ...lesson, folder: 'None' });
  await settleLessons();
  assert.deepEqual(taught, [
    '/learnspam Subject: win\r\n\r\nnow\r\n',
    '/learnham Subject: win\r\n\r\nnow\r\n',
  ]);
  await assert.rejects(learnFromUser({ ...lesson, uids: 'x' }));
});
