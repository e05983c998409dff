// The history is shortened from its beginning, in pieces, and never where a change waits to be confirmed.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addNetwork } from '#lib/accounts/network.ts';
import { fromNow } from '#lib/clock.ts';
import { undoRevision } from '#lib/configuration/undo.ts';
import { db, write } from '#lib/db.ts';
import { readRevisionNumber } from '#lib/history/revision.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { shortenHistory } from '#server/jobs/history.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'ada@example.test';
const dayMs = 24 * 3_600_000;

describe('the length of the history', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.close());

  /** Changes that are so many days old, the next numbers in this order. */
  async function fill(ages: number[], pending: number[] = []): Promise<void> {
    await write(async (tx) => {
      await tx.revision.deleteMany();
      await tx.revisionCounter.deleteMany();
      await tx.revisionCounter.create({ data: { id: 'configuration', revision: ages.length } });
      const row = { by, kind: 'network', key: 'x', subject: 'x', groupId: 'x' };
      const data = ages.map((age, index) => ({
        ...{ ...row, id: index + 1, at: fromNow(-age * dayMs) },
        pendingUntil: pending.includes(index + 1) ? fromNow(60_000) : null,
      }));
      await tx.revision.createMany({ data });
    });
  }
  const listIds = async () =>
    (await db.revision.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);

  /** Ages in days, what waits, the setting, what is left; why */
  const cases: [number[], number[], number | null, number[], string][] = [
    [[4000, 2000, 1000, 1], [], null, [3, 4], 'five years by default'],
    [[4000, 2000, 1000, 1], [], 0, [1, 2, 3, 4], 'for ever'],
    [[40, 30, 20, 1], [], 25, [3, 4], 'the oldest'],
    [[40, 30, 20, 1], [2], 25, [2, 3, 4], 'not what waits to be confirmed, nor what came after'],
    [[40, 10, 30, 1], [], 25, [2, 3, 4], 'no gap where a clock went back'],
    [[40, 30], [], 25, [], 'all of it'],
  ];
  for (const [ages, pending, days, left, why] of cases) {
    it(why, async () => {
      if (days !== null) await writeSetting('storage.historyDays', days, by);
      await fill(ages, pending);
      assert.deepEqual(await shortenHistory(), { revisions: ages.length - left.length });
      assert.deepEqual(await listIds(), left);
      assert.deepEqual(await shortenHistory(), { revisions: 0 });
      await resetSetting('storage.historyDays', by);
    });
  }

  it('goes on counting, and more than a piece goes', async () => {
    await writeSetting('storage.historyDays', 25, by);
    await fill(Array.from({ length: 2500 }, () => 40));
    assert.deepEqual(await shortenHistory(), { revisions: 2500 });
    await addNetwork({ cidr: '10.0.0.0/8' }, by);
    assert.deepEqual([await listIds(), await readRevisionNumber()], [[2501], 2501]);
    await undoRevision(2501, by);
    await assert.rejects(undoRevision(1, by), { reason: 'not-found' });
  });
});
