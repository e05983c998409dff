// The short form of the crash test: 10 kills. CRASH_SEED repeats a run, `npm run test:crash` kills 300 times.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { write } from '#lib/db.ts';
import { repairStore } from '#server/store/check/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { runRounds } from './rounds.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

test('nothing acknowledged is lost by 10 kills, no UID is given twice, the store is whole', async (t) => {
  const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`CRASH_SEED=${seed}`);
  const tally = await runRounds(10, seed, () => {});
  t.diagnostic(JSON.stringify(tally));
});

test('the judge notices that an old message is lost, where nothing else does', async () => {
  let round = 0;
  const tamper = async () => {
    if (round++ < 2) return;
    await write(
      (tx) => tx.$executeRaw`DELETE FROM "Message" WHERE "emailId" =
        (SELECT "emailId" FROM "Message" ORDER BY "savedAt" LIMIT 1)`,
    );
    // Counters and all the rest are right again.
    for await (const { text, done } of repairStore()) assert.ok(done, text);
  };
  await assert.rejects(
    runRounds(3, 7, () => {}, tamper),
    /round 2 .*: lost: /,
  );
});
