// SORT by columns in memory: the same order as by rows, whatever came and went since the column was made.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { appendMessages } from '#server/store/append.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { readView } from '#server/store/journal.ts';
import { type SortKey, sortMessages } from '#server/store/search/sort.ts';
import { readColumn, type SortValue } from '#server/store/search/sort-column.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { mailboxOf, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

describe('a column', () => {
  const uidList = (...uids: number[]) => Uint32Array.from(uids);

  test('reads only what came, forgets what went', async () => {
    const asked: number[][] = [];
    const read = async (uids: number[]) => {
      asked.push(uids);
      return new Map<number, SortValue>(uids.map((uid) => [uid, uid % 3]));
    };
    const ask = (name: string, uids: Uint32Array, uidValidity = 1) =>
      readColumn(name, { uidValidity, uids, absent: 0 }, read);
    const order = async (...given: Parameters<typeof ask>) => {
      const column = await ask(...given);
      return [...column.order].map((index) => column.uids[index]);
    };
    assert.deepEqual(await order('one', uidList(1, 2, 3, 4)), [3, 1, 4, 2]);
    assert.deepEqual(await order('one', uidList(1, 3, 4, 6, 8)), [3, 6, 1, 4, 8]);
    assert.deepEqual(await order('one', uidList(2)), [2], 'one that comes back is read again');
    assert.deepEqual(
      await order('one', uidList(2), 2),
      [2],
      'another UIDVALIDITY, another mailbox',
    );
    assert.deepEqual(await order('two', uidList()), []);
    assert.deepEqual(asked, [[1, 2, 3, 4], [6, 8], [2], [2]]);
  });
});

describe('sort of a large mailbox', () => {
  const count = 260;
  let account: string;
  let box: string;
  const make = (index: number) =>
    makeMessage(
      `From: ${'zyx'[index % 3]}@x\nSubject: ${'Re: '.repeat(index % 2)}topic ${index % 7}\n\n${index}`,
      { internalDate: new Date(Date.UTC(2026, 0, 1 + (index % 5))) },
    );
  const up = (key: SortKey['key']): SortKey => ({ key, isReverse: false });
  const down = (key: SortKey['key']): SortKey => ({ key, isReverse: true });
  const all: SortKey[][] = [
    [up('arrival')],
    [down('arrival')],
    [up('subject')],
    [down('from'), up('subject'), down('arrival')],
  ];

  /** In pieces too few for columns, put together by what each piece says of two messages. */
  async function check(): Promise<void> {
    const uids = [...(await readView(account, box)).roll.uids];
    for (const keys of all) {
      const sorted = await sortMessages(account, box, uids, keys);
      assert.deepEqual(
        [...sorted].sort((a, b) => a - b),
        uids,
      );
      for (let at = 0; at < sorted.length; at += 150) {
        const piece = sorted.slice(at, at + 160);
        const ascending = [...piece].sort((a, b) => a - b);
        assert.deepEqual(await sortMessages(account, box, ascending, keys), piece);
      }
      const some = uids.filter((uid) => uid % 9 !== 0);
      assert.deepEqual(
        await sortMessages(account, box, some, keys),
        sorted.filter((uid) => uid % 9 !== 0),
      );
    }
  }

  test('as by rows; again after messages came and went', async () => {
    account = await makeAccount();
    box = (await mailboxOf(account, 'Archive')).id;
    const messages = [];
    for (let index = 0; index < count; index++) messages.push(await make(index));
    await appendMessages(account, box, messages);
    await check();
    await appendMessages(account, box, [await make(1), await make(2)]);
    await removeMessages(account, box, [3, 5, 8, 130]);
    await check();
    const gone = await sortMessages(account, box, [3, 5, 8, 130], [up('arrival')]);
    assert.deepEqual(gone, []);
  });
});
