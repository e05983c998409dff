// What counts as a fault of the storage, and what as the end.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Refusal } from '#lib/errors.ts';
import {
  isKnownRolledBack,
  refuseFault,
  StorageRefusal,
  setEnding,
  storageLostCode,
  syncOrEnd,
} from '#lib/storage-failure.ts';

let ended: number[] = [];
setEnding((code) => ended.push(code));
afterEach(() => {
  ended = [];
});

const withCode = (code: string) => Object.assign(new Error(code), { code });
/** As Prisma wraps what a driver said. */
const wrapped = (originalCode: string) =>
  Object.assign(new Error('Raw query failed'), {
    code: 'P2010',
    meta: { driverAdapterError: { cause: { originalCode, kind: 'sqlite' } } },
  });

describe('a fault of the storage', () => {
  it('is a temporary refusal, which says whether room would help', () => {
    const cases: [error: unknown, isFull: boolean][] = [
      [withCode('SQLITE_FULL'), true],
      [wrapped('SQLITE_FULL'), true],
      [withCode('ENOSPC'), true],
      [withCode('EDQUOT'), true],
      [wrapped('53100'), true],
      [withCode('SQLITE_IOERR_WRITE'), false],
      [withCode('SQLITE_READONLY_DBMOVED'), false],
      [withCode('SQLITE_BUSY'), false],
      [withCode('EROFS'), false],
      [withCode('EIO'), false],
      [withCode('EMFILE'), false],
      [wrapped('57P01'), false],
      [withCode('08006'), false],
      [withCode('ECONNREFUSED'), false],
      [new Error('Connection terminated unexpectedly'), false],
    ];
    for (const [error, isFull] of cases) {
      const refusal = refuseFault(error);
      assert.ok(refusal instanceof StorageRefusal, String(error));
      assert.equal(refusal.reason, 'unavailable');
      assert.equal(refusal.isFull, isFull, String(error));
    }
    assert.deepEqual(ended, []);
  });

  it('is nothing else: refusals and bugs stay what they are', () => {
    const others = [
      new Refusal('not-found', 'x'),
      new TypeError('x'),
      withCode('SQLITE_CONSTRAINT_UNIQUE'),
      wrapped('23505'),
      withCode('ENOENT'),
      null,
      'text',
    ];
    for (const error of others) assert.equal(refuseFault(error), error);
  });

  it('ends the process where a sync failed', async () => {
    refuseFault(withCode('SQLITE_IOERR_FSYNC'));
    refuseFault(withCode('SQLITE_IOERR_DIR_FSYNC'));
    void syncOrEnd('A sync', () => Promise.reject(withCode('EIO')));
    await new Promise(setImmediate);
    assert.deepEqual(ended, [storageLostCode, storageLostCode, storageLostCode]);
    await assert.rejects(
      syncOrEnd('A sync', () => Promise.reject(withCode('ENOSPC'))),
      {
        code: 'ENOSPC',
      },
    );
    assert.equal(ended.length, 3, 'no room is said before anything was promised');
  });

  it('leaves a failed commit unknown unless the database itself has answered', () => {
    for (const code of ['40001', '40P01', '23505', 'P2028', '53100']) {
      assert.ok(isKnownRolledBack(withCode(code)), code);
    }
    for (const code of [
      '08006',
      '57P01',
      'ECONNRESET',
      'SQLITE_IOERR_FSYNC',
      'SQLITE_IOERR_WRITE',
      'EPIPE',
      'P1017',
    ]) {
      assert.ok(!isKnownRolledBack(withCode(code)), code);
    }
  });
});
