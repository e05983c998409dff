// Orders, sets of UIDs, kept lists, folders of the archive, priorities: the pure part of long lists.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listSorts } from '#lib/preferences/list-names.ts';
import { groupByFolder } from '#lib/webmail/list/filing.ts';
import { readSet } from '#lib/webmail/list/find-uids.ts';
import { keepUids, recallUids } from '#lib/webmail/list/kept-uids.ts';
import { readPriority } from '#lib/webmail/list/message-list.ts';
import { putFirst, readOrder } from '#lib/webmail/list/orders.ts';

it('has an order for every name, with and without SORT=DISPLAY', () => {
  for (const sort of listSorts) assert.ok(readOrder(sort, () => true).kind);
  const keysOf = (has: boolean) => {
    const order = readOrder('from-desc', () => has);
    return order.kind === 'keys' ? order.keys.join(' ') : '';
  };
  assert.equal(keysOf(true), 'REVERSE DISPLAYFROM REVERSE ARRIVAL');
  assert.equal(keysOf(false), 'REVERSE FROM REVERSE ARRIVAL');
});

it('puts a part in front or behind', () => {
  assert.deepEqual(putFirst([9, 8, 7, 6], new Set([6, 8]), false), [8, 6, 9, 7]);
  assert.deepEqual(putFirst([9, 8, 7, 6], new Set([6, 8]), true), [9, 7, 8, 6]);
});

describe('readSet', () => {
  const cases: [text: string, uids: number[]][] = [
    ['', []],
    ['7', [7]],
    ['1:3,9,5', [1, 2, 3, 9, 5]],
    ['9:7', [9, 8, 7]],
    ['x,0,-1,2', [2]],
  ];
  for (const [text, uids] of cases) it(`"${text}"`, () => assert.deepEqual(readSet(text), uids));
  it('stops at a bound', () => assert.equal(readSet('1:4294967295').length, 5_000_000));
});

describe('kept lists', () => {
  const list = (size: number) => ({ uids: new Uint32Array(size), state: 's' });
  it('are four a user, the latest ones, for five minutes', () => {
    for (let i = 0; i < 6; i++) keepUids('ann', `list ${i}`, list(1), 1000 + i);
    keepUids('ben', 'list 0', list(1), 1010);
    const known = (id: string, i: number) => recallUids(id, `list ${i}`, 2000) !== null;
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((i) => known('ann', i)),
      [false, false, true, true, true, true],
    );
    assert.ok(known('ben', 0));
    assert.equal(recallUids('ben', 'list 0', 2000 + 5 * 60_000 + 1), null);
  });
  it('are bounded in bytes', () => {
    for (let i = 0; i < 4; i++) keepUids(`user ${i}`, 'big', list(4_000_000), 10_000_000 + i);
    const kept = [0, 1, 2, 3].filter((i) => recallUids(`user ${i}`, 'big', 10_000_010));
    assert.deepEqual(kept, [1, 2, 3]);
  });
});

it('archives by the day a message came', () => {
  const dates = [
    { uid: 1, at: new Date('2026-01-31T23:59:59Z') },
    { uid: 2, at: new Date('2026-02-01T00:00:00Z') },
    { uid: 3, at: new Date('2025-02-01T00:00:00Z') },
  ];
  assert.deepEqual(
    [...groupByFolder(dates, 'Archive', 'year')],
    [
      ['Archive/2026', [1, 2]],
      ['Archive/2025', [3]],
    ],
  );
  assert.deepEqual(
    [...groupByFolder(dates, 'Archive', 'month').keys()],
    ['Archive/2026/01', 'Archive/2026/02', 'Archive/2025/02'],
  );
});

describe('readPriority', () => {
  const cases: [header: string, priority: string][] = [
    ['', 'normal'],
    ['X-Priority: 1 (Highest)\r\n', 'high'],
    ['X-Priority: 3\r\n', 'normal'],
    ['X-Priority: 5\r\n', 'low'],
    ['Importance: HIGH\r\n', 'high'],
    ['Priority: non-urgent\r\n', 'low'],
    ['X-Priority: 11\r\n', 'normal'],
    ['Importance: low\r\nX-Priority: 2\r\n', 'high'],
  ];
  for (const [header, priority] of cases) {
    it(`${header.trim() || 'nothing'} is ${priority}`, () =>
      assert.equal(readPriority(Buffer.from(`${header}\r\n`)), priority));
  }
});
