// `drey deleted …`: what it prints, restores and removes, and the trail that it leaves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import type { Row } from '#server/cli/command.ts';
import { deletedCommands } from '#server/cli/deleted.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { createMailbox, deleteMailbox, ensureMailboxes } from '#server/store/mailboxes.ts';
import { appendTexts, checkCounters, mailboxOf } from '#tests/server/store/fixture.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
const address = 'ada@example.test';
let account = '';
before(async () => {
  database = await openTestDatabase();
  await addDomain({ name: 'example.test' }, 'test');
  account = (await addAccount({ address, password: 'a long password' }, 'test')).id;
  await ensureMailboxes(account);
  const inbox = await mailboxOf(account, 'INBOX');
  await appendTexts(account, inbox.id, [
    'From: bob@far.test\nSubject: one\n\n',
    'Subject: two\n\n',
    'Subject: three\n\n',
  ]);
  await removeMessages(account, inbox.id, [1, 2]);
  const box = await createMailbox(account, 'box');
  await appendTexts(account, box.id, ['Subject: boxed\n\n']);
  await deleteMailbox(account, 'box');
});
after(() => database.close());

async function run(
  name: string,
  given: (string | string[])[],
  options: Record<string, string | boolean> = {},
): Promise<{ rows: Row[]; text: string; row?: Row }> {
  const command = deletedCommands.find((each) => each.name === `deleted ${name}`);
  const result = await command!.run({ arguments: [address, ...given], options });
  return { rows: [], text: '', ...(result as object) };
}

async function lastChange(): Promise<string> {
  const event = await db.trailEvent.findFirst({
    where: { kind: 'changed' },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
  });
  return `${event?.sender.split(':')[0]}: ${event?.recipient} ${event?.text}`;
}

test('lists, restores and removes, each with its event', async () => {
  const { rows } = await run('list', ['']);
  assert.deepEqual(
    rows.map(({ uid, folder, subject }) => [uid, folder, subject]),
    [
      [1, 'box', 'boxed'],
      [2, 'INBOX', 'two'],
      [1, 'INBOX', 'one'],
    ],
  );
  assert.match(String(rows[2]?.from), /bob@far\.test/);
  assert.deepEqual((await run('list', ['boxed'])).rows.length, 1);
  assert.deepEqual((await run('list', [''], { limit: '2' })).rows.length, 2);

  assert.equal(
    (await run('restore', ['inbox', ['1']])).text,
    'Restored 1 deleted message to INBOX',
  );
  assert.equal(
    await lastChange(),
    'cli: user ada@example.test restored 1 deleted message to INBOX',
  );
  const all = await run('restore', ['#deleted/box', []], { all: true });
  assert.deepEqual(all.row, { restored: 1, folder: 'box', uids: [1] });
  await run('restore', ['INBOX', ['2']], { to: 'else/where' });
  assert.equal((await mailboxOf(account, 'else/where')).messages, 1);
  assert.match(await lastChange(), /to else\/where$/);

  const inbox = await mailboxOf(account, 'INBOX');
  await removeMessages(account, inbox.id, [3]);
  assert.equal((await run('purge', [])).text, 'Removed 0 deleted messages for good');
  assert.match(await lastChange(), /else\/where$/, 'nothing happened, nothing is noted');
  assert.deepEqual((await run('purge', [], { all: true })).row, { removed: 1 });
  assert.match(await lastChange(), /removed 1 deleted message for good$/);
  await checkCounters(account);
});

test('refuses what makes no sense, and leaves no event', async () => {
  const before = await lastChange();
  const wrong: [string, (string | string[])[], Record<string, string | boolean>, string][] = [
    ['restore', ['INBOX', []], {}, 'invalid'],
    ['restore', ['INBOX', ['1']], { all: true }, 'invalid'],
    ['restore', ['INBOX', ['x']], {}, 'invalid'],
    ['restore', ['INBOX', ['0']], {}, 'invalid'],
    ['restore', ['INBOX', ['5000000000']], {}, 'invalid'],
    ['restore', ['nowhere', ['1']], {}, 'not-found'],
    ['list', [''], { limit: 'many' }, 'invalid'],
  ];
  for (const [name, given, options, reason] of wrong) {
    await assert.rejects(run(name, given, options), (error) => isRefusal(error, reason as never));
  }
  assert.equal(await lastChange(), before);
});
