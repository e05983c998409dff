// Snapshots: what a step reads is one commit, whatever is written meanwhile; nobody waits for it.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { db, readSnapshot, type Tx, write } from '#lib/db.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const database = await openTestDatabase();
after(database.close);

const insert = (id: string) =>
  write((tx) => tx.setting.create({ data: { id, value: '1', updatedAt: new Date() } }));

async function countRaw(source: Tx): Promise<number> {
  const rows = await source.$queryRaw<{ total: bigint | number }[]>`
    SELECT COUNT(*) AS "total" FROM "Setting"`;
  return Number(rows[0]?.total);
}

describe('a snapshot', () => {
  it('sees one commit, by tagged SQL and by models, while others write', async () => {
    await insert('before');
    await readSnapshot(async (snapshot) => {
      await insert('while it is open');
      assert.equal(await countRaw(snapshot), 1);
      assert.equal(await snapshot.setting.count(), 1);
      await insert('and again');
      assert.equal(await countRaw(snapshot), 1);
      assert.equal(await db.setting.count(), 3);
    });
    assert.equal(await readSnapshot(countRaw), 3);
  });

  it('stands beside others, each with its own sight', async () => {
    const seen = await readSnapshot(async (older) => {
      await insert('between two');
      const inner = await readSnapshot(async (newer) => {
        await insert('after both');
        return [await countRaw(newer), await countRaw(older)];
      });
      return [...inner, await countRaw(older)];
    });
    assert.deepEqual(seen, [4, 3, 3]);
    const many = await Promise.all(Array.from({ length: 5 }, () => readSnapshot(countRaw)));
    assert.deepEqual(many, [5, 5, 5, 5, 5]);
  });

  it('refuses to write, hands on what its step throws, and leaves the next one whole', async () => {
    await assert.rejects(readSnapshot((snapshot) => snapshot.setting.deleteMany()));
    await assert.rejects(
      readSnapshot(async (snapshot) => snapshot.$executeRaw`DELETE FROM "Setting"`),
    );
    await assert.rejects(
      readSnapshot(async () => {
        throw new Error('of the step');
      }),
      /of the step/,
    );
    assert.equal(await readSnapshot(countRaw), 5);
    await insert('still possible');
    assert.equal(await db.setting.count(), 6);
  });
});
