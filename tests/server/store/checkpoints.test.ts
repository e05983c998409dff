// The log of SQLite is copied into the database while commits go on, and nothing is lost by it.
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { closeDatabase, db, write } from '#lib/db.ts';
import { writeAheadLog } from '#lib/dialect/index.ts';
import { startCheckpoints } from '#server/store/checkpoints.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

const put = (value: string) =>
  write((tx) =>
    tx.setting.upsert({
      where: { id: 'test' },
      create: { id: 'test', value, updatedAt: new Date() },
      update: { value },
    }),
  );

it('copies what is committed, beside the commits', async (context) => {
  const place = writeAheadLog();
  if (!place) return context.skip('PostgreSQL sees to its log itself');
  await put('0');
  const before = statSync(place.file).mtimeMs;
  const { stop } = await startCheckpoints(5);
  let value = 0;
  await waitFor(async () => {
    await put(String(++value));
    return statSync(place.file).mtimeMs > before;
  }, 'a checkpoint');
  await stop();
  assert.equal((await db.setting.findUnique({ where: { id: 'test' } }))?.value, String(value));
  // Nobody has the database open any more: the log goes with the last connection.
  await closeDatabase();
  assert.equal(existsSync(`${place.file}-wal`), false);
  assert.equal((await db.setting.findUnique({ where: { id: 'test' } }))?.value, String(value));
});

it('ends with the database, whether it has begun or not', async () => {
  await startCheckpoints(1);
  await put('x');
  await closeDatabase();
  await startCheckpoints(1);
  await closeDatabase();
});
