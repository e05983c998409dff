// The short form of the crash test: 20 kills. CRASH_SEED repeats a run, `npm run test:crash` kills 300 times.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { raw, write } from '#lib/db.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { runRounds } from './rounds.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

test('nothing acknowledged is lost by 20 kills, no UID is given twice, the store is whole', async (t) => {
  const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`CRASH_SEED=${seed}`);
  const tally = await runRounds(20, seed, () => {});
  t.diagnostic(JSON.stringify(tally));
});

test('the judge notices a message that is lost, and one that is back', async () => {
  const last = (table: string) => raw(`SELECT MAX("uid") FROM "${table}" WHERE "mailboxId" <> ''`);
  await assert.rejects(
    runRounds(
      3,
      7,
      () => {},
      async () => {
        await write(
          (tx) => tx.$executeRaw`DELETE FROM "Message" WHERE "uid" = (${last('Message')})`,
        );
      },
    ),
    /lost|undone|halfway|counters/,
  );
  await assert.rejects(
    runRounds(
      3,
      8,
      () => {},
      async () => {
        await write(
          (tx) =>
            tx.$executeRaw`UPDATE "Message" SET "uid" = "uid" + 1000 WHERE "uid" = (${last('Message')})`,
        );
      },
    ),
    /lost|from nowhere/,
  );
});
