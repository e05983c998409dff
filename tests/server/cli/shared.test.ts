// `drey shared …`: what each command does and says.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { flushTrail } from '#lib/trail/record.ts';
import type { Input } from '#server/cli/command.ts';
import { sharedCommands } from '#server/cli/shared.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let close: () => Promise<void>;
before(async () => {
  close = (await openTestDatabase()).close;
  await addDomain({ name: 'example.test' }, 'test');
  await addAccount({ address: 'ada@example.test', password: 'correct horse battery' }, 'test');
});
after(async () => {
  await flushTrail();
  await close();
});

function run(name: string, words: string[], options: Input['options'] = {}) {
  const command = sharedCommands.find((one) => one.name === `shared ${name}`);
  assert.ok(command, name);
  return command.run({ arguments: words, options });
}

async function listMembers(): Promise<unknown> {
  const result = await run('list', ['']);
  return result && 'rows' in result ? result.rows.map((row) => row.members) : null;
}

it('adds, lists, gives members and removes', async () => {
  const team = 'team@example.test';
  await run('add', [team], { name: 'The team' });
  await assert.rejects(run('add', [team]), { reason: 'exists' });
  assert.deepEqual(await listMembers(), [[]]);
  await run('member', [team, 'ada@example.test']);
  assert.deepEqual(await listMembers(), [['ada@example.test (write)']]);
  await run('member', [team, 'ada@example.test'], { readOnly: true, send: true });
  assert.deepEqual(await listMembers(), [['ada@example.test (read, send)']]);
  await assert.rejects(run('member', [team, 'nobody@example.test']), { reason: 'not-found' });
  await assert.rejects(run('member', ['ada@example.test', team]), { reason: 'not-found' });
  await run('member', [team, 'ada@example.test'], { remove: true });
  assert.deepEqual(await listMembers(), [[]]);
  await assert.rejects(run('rm', ['ada@example.test']), { reason: 'not-found' });
  await run('rm', [team]);
  assert.deepEqual(await listMembers(), []);
});
