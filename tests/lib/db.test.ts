// The database gate: what is acknowledged is stored, what throws leaves nothing, reads never join a write,
// and other processes are noticed.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cutRows,
  db,
  insertRows,
  isUniqueViolation,
  readOnceACommit,
  sql,
  type Tx,
  write,
  writeTogether,
} from '#lib/db.ts';
import { refuseUnstorable } from '#lib/db-errors.ts';
import { containsText } from '#lib/dialect/index.ts';
import { isRefusal } from '#lib/errors.ts';
import { openTestDatabase, testServerUrl } from '#tests/support/database.ts';
import { type OtherProcess, startOtherProcess } from './other-process.ts';

const database = await openTestDatabase();
after(database.close);

const insertInto = (tx: Tx, id: string) =>
  tx.setting.create({ data: { id, value: '1', updatedAt: new Date() } });
const insert = (id: string) => write((tx) => insertInto(tx, id));

describe('the database gate', () => {
  it('commits many waiting steps together; one that throws harms no other', async () => {
    const settled = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => insert(`k${index % 80}`)),
    );
    const failures = settled.filter((result) => result.status === 'rejected');
    assert.equal(failures.length, 20);
    assert.ok(failures.every((failure) => isUniqueViolation(failure.reason)));
    assert.equal(await db.setting.count(), 80);
  });

  it('undoes all of a step that throws half way', async () => {
    await Promise.allSettled([
      write(async (tx) => {
        await tx.setting.create({ data: { id: 'half', value: '1', updatedAt: new Date() } });
        throw new Error('half way');
      }),
      insert('whole'),
    ]);
    assert.equal(await db.setting.count({ where: { id: 'half' } }), 0);
    assert.equal(await db.setting.count({ where: { id: 'whole' } }), 1);
  });

  it('tells of a text that PostgreSQL cannot keep', async () => {
    const attempts = [
      () => db.setting.findUnique({ where: { id: 'a\0b' } }),
      () => db.$queryRaw`SELECT "value" FROM "Setting" WHERE "id" = ${'a\0b'}`,
      () => insert('a\0b'),
      () => write((tx) => tx.$executeRaw`DELETE FROM "Setting" WHERE "id" = ${'a\0b'}`),
    ];
    for (const attempt of attempts) {
      const error = await attempt().then(
        () => null,
        (error: unknown) => error,
      );
      assert.equal(isRefusal(refuseUnstorable(error), 'invalid'), Boolean(testServerUrl));
    }
  });

  it('keeps reads out of an open transaction, and refuses a write outside write()', async () => {
    let seenInside = -1;
    await write(async (tx) => {
      await tx.setting.create({ data: { id: 'open', value: '1', updatedAt: new Date() } });
      seenInside = await db.setting.count({ where: { id: 'open' } });
    });
    assert.equal(seenInside, 0);
    await assert.rejects(db.setting.deleteMany(), /read-?only|query_only/i);
    assert.ok((await db.setting.count()) > 0);
  });

  it('runs with full durability', async () => {
    const rows = await write((tx) =>
      testServerUrl
        ? tx.$queryRaw`SELECT current_setting('synchronous_commit') AS "value"`
        : tx.$queryRawUnsafe('PRAGMA synchronous'),
    );
    assert.deepEqual(Object.values((rows as object[])[0] ?? {}).map(String), [
      testServerUrl ? 'on' : '2',
    ]);
  });

  it('never says that something is stored which is not', async () => {
    const hiding = await Promise.allSettled([
      write(async (tx) => {
        await tx.setting.create({ data: { id: 'hidden', value: '1', updatedAt: new Date() } });
        // PostgreSQL gives the transaction up here, SQLite the statement.
        await tx.$executeRaw`SELECT * FROM "No such table"`.catch(() => {});
      }),
    ]);
    const isStored = (await db.setting.count({ where: { id: 'hidden' } })) === 1;
    assert.equal(hiding[0]?.status, isStored ? 'fulfilled' : 'rejected');
    await insert('after it');
  });
});

describe('text', () => {
  it('is sorted by its bytes, whatever the alphabet of the server', async () => {
    const words = ['B', '_', 'a', 'a b', 'aa', 'Ä', 'ß', '\u{1f43f}'];
    for (const word of words.toReversed()) await insert(`word ${word}`);
    const where = { id: { startsWith: 'word ' } };
    const sorted = await db.setting.findMany({ where, orderBy: { id: 'asc' } });
    assert.deepEqual(
      sorted.map(({ id }) => id.slice(5)),
      words,
    );
    const raw = await db.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Setting" WHERE "id" > 'word a' AND "id" < 'word b' ORDER BY "id"`;
    assert.deepEqual(
      raw.map(({ id }) => id.slice(5)),
      ['a b', 'aa'],
    );
  });

  it('is found in a column whatever the case', async () => {
    await write((tx) =>
      tx.setting.create({ data: { id: 'case', value: 'Ada LOVELACE 5_7', updatedAt: new Date() } }),
    );
    const count = (text: string) => db.setting.count({ where: { value: containsText(text) } });
    assert.deepEqual(
      [await count('lovelace'), await count('ADA'), await count('5_7'), await count('lovelaces')],
      [1, 1, 1, 0],
    );
  });
});

describe('two processes', () => {
  let other: OtherProcess;
  before(async () => {
    other = await startOtherProcess();
  });
  after(() => other?.kill());
  const change = (id: string, value: string) =>
    write((tx) => tx.setting.update({ where: { id }, data: { value } }));

  it('wait for one another, without stopping the event loop', async () => {
    await insert('shared');
    other.tell({ kind: 'write', id: 'shared', isHeld: true });
    await other.hear('held');
    const changed = change('shared', 'mine');
    // Where that stopped the loop, nobody would tell the other one to go on.
    for (let turn = 0; turn < 10; turn++) await sleep(5);
    other.tell({ kind: 'go' });
    await changed;
    await other.hear('done');
    const row = await db.setting.findUniqueOrThrow({ where: { id: 'shared' } });
    assert.equal(row.value, 'mine', 'who waited was the last');
  });

  it("never stand in each other's way for good", {
    skip: !testServerUrl && 'only PostgreSQL',
  }, async () => {
    await Promise.all(['a', 'b', 'before', 'behind'].map((id) => insert(`lock ${id}`)));
    let isMet = false;
    await Promise.all([
      change('lock before', 'mine'),
      write(async (tx) => {
        await tx.setting.update({ where: { id: 'lock a' }, data: { value: 'mine' } });
        if (!isMet) {
          other.tell({ kind: 'lock two', ids: ['lock b', 'lock a'] });
          await other.hear('first');
          other.tell({ kind: 'go' });
        }
        isMet = true;
        await tx.setting.update({ where: { id: 'lock b' }, data: { value: 'mine' } });
      }),
      change('lock behind', 'mine'),
    ]);
    await other.hear('done');
    const rows = await db.setting.findMany({ where: { id: { startsWith: 'lock ' } } });
    const found = new Map(rows.map((row) => [row.id.slice(5), row.value]));
    assert.equal(found.get('a'), found.get('b'), 'one whole step after the other');
    assert.deepEqual([found.get('before'), found.get('behind')], ['mine', 'mine']);
  });
});

describe('a write for many callers', () => {
  const insertAll = async (tx: Tx, ids: string[]) => {
    const rows = ids.map((id) => sql`(${id}, '1', ${new Date()})`);
    await insertRows(tx, sql`INSERT INTO "Setting" ("id", "value", "updatedAt")`, rows);
    return ids.map((id) => id.length);
  };
  const count = (start: string) => db.setting.count({ where: { id: { startsWith: start } } });

  it('takes what waits in one step, 64 at most, each with its outcome', async () => {
    const sizes: number[] = [];
    const add = writeTogether<string, number>((tx, ids) => {
      sizes.push(ids.length);
      return insertAll(tx, ids);
    });
    const added = await Promise.all(Array.from({ length: 150 }, (_, index) => add(`t${index}`)));
    assert.equal(added[120], 4);
    assert.deepEqual(sizes, [64, 64, 22]);
    assert.equal(await count('t'), 150);
  });

  it('rejects one item alone for its Error', async () => {
    const add = writeTogether<string, number>(async (tx, ids) => {
      const good = ids.filter((id) => !id.endsWith('refused'));
      await insertAll(tx, good);
      return ids.map((id) => (good.includes(id) ? id.length : new Error(id)));
    });
    const settled = await Promise.allSettled(['e1', 'e2 refused', 'e3'].map(add));
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(await count('e'), 2);
  });

  it('tries each alone where the step throws, so that one bad item harms no other', async () => {
    const add = writeTogether<string, number>(insertAll);
    await add('u5');
    const items = Array.from({ length: 70 }, (_, index) => add(`u${index}`));
    const settled = await Promise.allSettled([...items, insert('u-other')]);
    const failed = settled.filter((result) => result.status === 'rejected');
    assert.equal(failed.length, 1);
    assert.ok(isUniqueViolation(failed[0]?.reason));
    assert.equal(await count('u'), 71);
  });

  it('cuts rows into few shapes, bounded in rows and bytes', () => {
    const shapes = (rows: number, bytes: number) => {
      const row = sql`(${Buffer.alloc(bytes)})`;
      return [...cutRows(Array<typeof row>(rows).fill(row))].map((part) => part.length);
    };
    const cases: [rows: number, bytes: number, parts: number[]][] = [
      [0, 1, []],
      [1, 1, [1]],
      [50, 1, [32, 16, 2]],
      [130, 1, [64, 64, 2]],
      [5, 100_000, [2, 2, 1]],
      [2, 10_000_000, [1, 1]],
    ];
    for (const [rows, bytes, parts] of cases) assert.deepEqual(shapes(rows, bytes), parts);
  });
});

describe('a read once a commit', () => {
  it('is repeated after every commit and only then, and after a failure', async () => {
    let reads = 0;
    let mayRead = true;
    const read = readOnceACommit(async () => {
      reads += 1;
      if (!mayRead) throw new Error('once');
      return db.setting.count();
    });
    const before = await read();
    assert.equal(await read(), before);
    // PostgreSQL does not tell, so there it is read each time.
    if (!testServerUrl) assert.equal(reads, 1);
    await insert('o1');
    assert.equal(await read(), before + 1, 'our own commit');
    const other = await startOtherProcess();
    await other.ask({ kind: 'delete', id: 'o1' });
    await other.kill();
    assert.equal(await read(), before, "another process's commit");
    await insert('o2');
    mayRead = false;
    await assert.rejects(read(), /once/);
    mayRead = true;
    assert.equal(await read(), before + 1);
    if (!testServerUrl) assert.equal(reads, 5);
  });
});

describe('tagged SQL', () => {
  it('gives and takes the same as the models', async () => {
    const createdAt = new Date('2026-02-03T04:05:06.789Z');
    const bytes = Buffer.from([0, 1, 255]);
    await write(async (tx) => {
      await tx.$executeRaw`INSERT INTO "Domain" ("id", "name", "isDisabled", "createdAt")
        VALUES ('raw', ${'é\u{1f43f}'}, ${true}, ${createdAt})`;
      await tx.$executeRaw(sql`INSERT INTO "BlobBytes" ("blobId", "bytes") VALUES (7, ${bytes})`);
      await tx.account.create({
        data: { id: 'raw', address: 'raw', domainId: 'raw', quotaBytes: 2n ** 40n, createdAt },
      });
    });
    const domain = await db.domain.findUniqueOrThrow({ where: { id: 'raw' } });
    assert.deepEqual(
      [domain.name, domain.isDisabled, domain.createdAt],
      ['é\u{1f43f}', true, createdAt],
    );
    const rows = await db.$queryRaw<Record<string, unknown>[]>`
      SELECT "quotaBytes", "lastLoginAt", "Account"."createdAt", "bytes" FROM "Account"
      JOIN "BlobBytes" ON "BlobBytes"."blobId" = 7 WHERE "Account"."createdAt" = ${createdAt}`;
    const [row] = rows;
    assert.equal(Number(row?.quotaBytes), 2 ** 40);
    assert.deepEqual([row?.lastLoginAt, row?.createdAt], [null, createdAt]);
    assert.ok(Buffer.from(row?.bytes as Uint8Array).equals(bytes));
    await assert.rejects(db.$executeRaw`DELETE FROM "Domain"`, /read-?only|query_only/i);
  });

  it('is one transaction with the models: neither of them leaves anything where a step throws', async () => {
    const insertRaw = (tx: Tx, id: string) =>
      tx.$executeRaw`INSERT INTO "Setting" ("id", "value", "updatedAt", "updatedBy")
        VALUES (${id}, '1', ${new Date()}, '')`;
    let seen: unknown[] = [];
    const [failed, kept] = await Promise.allSettled([
      write(async (tx) => {
        await insertRaw(tx, 'mixed raw');
        await insertInto(tx, 'mixed model');
        seen = [
          await tx.setting.count({ where: { id: 'mixed raw' } }),
          (await tx.$queryRaw<object[]>`SELECT 1 FROM "Setting" WHERE "id" = 'mixed model'`).length,
        ];
        throw new Error('half way');
      }),
      write(async (tx) => {
        await insertInto(tx, 'kept model');
        await insertRaw(tx, 'kept raw');
      }),
    ]);
    assert.deepEqual([seen, failed.status, kept.status], [[1, 1], 'rejected', 'fulfilled']);
    // Alone in its transaction, and without a model.
    await assert.rejects(
      write(async (tx) => {
        await insertRaw(tx, 'alone');
        throw new Error('half way');
      }),
    );
    const found = await db.setting.findMany({
      where: { id: { in: ['mixed raw', 'mixed model', 'kept raw', 'kept model', 'alone'] } },
      orderBy: { id: 'asc' },
    });
    assert.deepEqual(
      found.map(({ id }) => id),
      ['kept model', 'kept raw'],
    );
  });
});
