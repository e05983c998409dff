// Two processes delete, restore, rename and purge in one account: nothing gets lost between them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { db } from '#lib/db.ts';
import { isRecoverable } from '#server/store/deleted/recoverable.ts';
import { listMailboxes } from '#server/store/mailboxes.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { checkCounters, makeAccount } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

test('two processes at the twins of one account', async () => {
  const account = await makeAccount();
  const run = promisify(execFile);
  const file = join(import.meta.dirname, 'recoverable-racer.ts');
  const racers = ['1', '2'].map((seed) => run(process.execPath, [file, account, seed]));
  for (const { stdout } of await Promise.all(racers)) assert.deepEqual(JSON.parse(stdout), []);
  await checkCounters(account);
  const mailboxes = await listMailboxes(account, 'all');
  const names = mailboxes.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  const validities = mailboxes.map(({ uidValidity }) => uidValidity);
  assert.equal(new Set(validities).size, validities.length, 'no UIDVALIDITY twice');
  const rows = await db.mailbox.findMany({ where: { accountId: account } });
  for (const { name, specialUse } of rows) {
    assert.equal(specialUse === '#deleted', isRecoverable(name), `${name} is marked as what it is`);
  }
  // Whatever a tombstone says is kept is a UID that the twin of its mailbox has given.
  for (const { id, name } of mailboxes.filter((each) => !isRecoverable(each.name))) {
    const twin = mailboxes.find((each) => each.name === `#deleted/${name}`);
    if (!twin) continue;
    const tombstones = await db.tombstone.findMany({
      where: { accountId: account, mailboxId: id },
    });
    for (const { keptUid } of tombstones) assert.ok(keptUid < twin.uidNext);
  }
});
