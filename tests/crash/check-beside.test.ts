// The check beside a store that is being changed: nothing that is only half seen is called wrong.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { db } from '#lib/db.ts';
import { checkStore } from '#server/store/check/index.ts';
import { makeAccount } from '#tests/server/store/fixture.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { openTestDatabase, testServerUrl } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

test('it finds nothing in a store that is whole, however busy', async (t) => {
  if (testServerUrl) return t.skip('the load is for SQLite');
  for (let number = 0; number < 2; number++) await makeAccount();
  const load = join(import.meta.dirname, 'load.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', load, '5'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_TEST_CONTEXT: '' },
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    child.stdout.resume();
    await waitFor(async () => (await db.message.count()) > 100, 'messages', 60_000);
    for (let round = 0; round < 12; round++) {
      for await (const { kind, text, isNote } of checkStore({ isQuick: round % 3 === 0 })) {
        assert.ok(isNote, `${kind}: ${text}`);
      }
      // The load's reports must be read, or it waits.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(child.exitCode, null, 'the load goes on');
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
});
