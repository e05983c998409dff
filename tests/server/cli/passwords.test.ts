// `drey blocked …`, `drey user import`, `drey user reset-link`, `drey setup-link`: what each does and says.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { addAccount, requireAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { findByPasswordLink } from '#lib/accounts/password-link.ts';
import { isSetupToken } from '#lib/accounts/setup.ts';
import { recordFailure } from '#lib/accounts/throttle.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import type { Input, Result } from '#server/cli/command.ts';
import { loadCommands } from '#server/cli/commands.ts';
import { known } from '#tests/lib/accounts/hash/known.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const commands = await loadCommands();
const folder = mkdtempSync(join(tmpdir(), 'drey-cli-'));
let close: () => Promise<void>;
before(async () => {
  close = (await openTestDatabase()).close;
  await addDomain({ name: 'example.test' }, 'test');
});
after(async () => {
  await flushTrail();
  await close();
  rmSync(folder, { recursive: true, force: true });
});

function run(name: string, words: string[], options: Input['options'] = {}): Promise<Result> {
  const command = commands.find((one) => one.name === name);
  assert.ok(command, name);
  return command.run({ arguments: words, options });
}
const rowsOf = (result: Result) => (result && 'rows' in result ? result.rows : []);
const textOf = (result: Result) => (result && 'text' in result ? result.text : '');

it('makes a set-up link until somebody is set up, then links to set a password', async () => {
  const link = new URL(textOf(await run('setup-link', [])));
  assert.ok(await isSetupToken(link.searchParams.get('token') ?? ''));
  const password = 'correct horse battery';
  const ada = await addAccount({ address: 'ada@example.test', password, role: 'admin' }, 'test');
  await assert.rejects(run('setup-link', []), { reason: 'forbidden' });
  const base = 'https://mail.example.test';
  const reset = new URL(textOf(await run('user reset-link', [ada.address], { base })));
  assert.equal(`${reset.origin}${reset.pathname}`, `${base}/password`);
  const found = await findByPasswordLink(reset.searchParams.get('token') ?? '');
  assert.equal(found?.id, ada.id);
  for (const base of ['mail.example.test', 'javascript:alert(1)', '']) {
    await assert.rejects(run('user reset-link', [ada.address], { base }), { reason: 'invalid' });
  }
  await assert.rejects(run('user reset-link', ['nobody@example.test']), { reason: 'not-found' });
});

it('takes users over from a file', async () => {
  const hash = known.find((each) => each.hash.startsWith('$6$'))?.hash ?? '';
  const file = join(folder, 'shadow');
  writeFileSync(file, `root:*:1::::::\nben:${hash}:19700::::::\nbroken\n`);
  const options = { format: 'shadow', domain: 'example.test' };
  const planned = rowsOf(await run('user import', [file], { ...options, dryRun: true }));
  assert.deepEqual(
    planned.map(({ line, what }) => [line, what]),
    [
      [1, 'refuse'],
      [2, 'add'],
      [3, 'refuse'],
    ],
  );
  await assert.rejects(requireAccount('ben@example.test'));
  await run('user import', [file], options);
  assert.equal((await requireAccount('ben@example.test')).hasPassword, true);
  await assert.rejects(run('user import', [file], { format: 'ldif' }), { reason: 'invalid' });
  await assert.rejects(run('user import', [file], { ...options, domain: 'far.test' }), {
    reason: 'invalid',
  });
  await assert.rejects(run('user import', [join(folder, 'none')], options), {
    reason: 'not-found',
  });
});

it('lists and lifts blocks', async () => {
  await writeSetting('security.maxLoginFailures', 3, 'test');
  for (let count = 0; count < 3; count++) {
    await recordFailure({ remote: '192.0.2.5', account: 'ada@example.test' });
  }
  const rows = rowsOf(await run('blocked list', []));
  assert.deepEqual(
    rows.map(({ kind, subject, failures }) => [kind, subject, failures]),
    [['address', '192.0.2.5', 3]],
  );
  assert.match(textOf(await run('blocked lift', ['192.0.2.5'])), /192\.0\.2\.5/);
  assert.deepEqual(rowsOf(await run('blocked list', [])), []);
  await assert.rejects(run('blocked lift', ['192.0.2.5']), { reason: 'not-found' });
});
