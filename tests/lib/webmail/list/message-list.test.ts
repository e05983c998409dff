// Pages of a folder, rows, folders and UID sets: the pure part of the list.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRefusal } from '#lib/errors.ts';
import { checkUids } from '#lib/webmail/actions.ts';
import { formatUidSet } from '#lib/webmail/imap/uid-set.ts';
import { type Folder, sortFolders } from '#lib/webmail/list/mailboxes.ts';
import {
  checkFolderPath,
  clampPage,
  cleanLine,
  sequenceRange,
  toRow,
} from '#lib/webmail/list/message-list.ts';

describe('sequenceRange', () => {
  const cases: [exists: number, from: number, sort: 'newest' | 'oldest', range: string][] = [
    [0, 0, 'newest', ''],
    [10, 0, 'newest', '1:10'],
    [120, 0, 'newest', '71:120'],
    [120, 50, 'newest', '21:70'],
    [120, 100, 'newest', '1:20'],
    [120, 150, 'newest', ''],
    [120, 100, 'oldest', '101:120'],
  ];
  for (const [exists, from, sort, range] of cases) {
    it(`${sort} of ${exists} from ${from}`, () =>
      assert.equal(sequenceRange(exists, from, 50, sort), range));
  }
});

it('falls back to a page that exists', () => {
  assert.deepEqual(
    [9, -1, 1.5, 0].map((page) => clampPage(page, 120, 50)),
    [3, 1, 1, 1],
  );
  assert.equal(clampPage(2, 0, 50), 1);
});

it('writes UID sets as ranges', () => {
  assert.equal(formatUidSet([3, 1, 2, 7, 9, 10, 7]), '1:3,7,9:10');
  assert.equal(formatUidSet([]), '');
});

it('takes only lists of UIDs', () => {
  assert.deepEqual(checkUids([1, 2]), [1, 2]);
  for (const bad of [[], [0], [1.5], ['1'], '1:*', null, [2 ** 32], Array(5001).fill(1)]) {
    assert.throws(
      () => checkUids(bad),
      (error) => isRefusal(error, 'invalid'),
    );
  }
});

it('takes no folder name with control characters', () => {
  assert.equal(checkFolderPath('Projekte/Über uns'), 'Projekte/Über uns');
  for (const bad of ['', null, 'a\r\nb', 'x'.repeat(1001)])
    assert.throws(() => checkFolderPath(bad));
});

describe('toRow', () => {
  it('passes text on as text, on one line, in one direction', () => {
    const row = toRow(
      {
        seq: 1,
        uid: 5,
        flags: new Set(['\\Seen', '$Forwarded']),
        size: 10,
        internalDate: new Date('2026-05-03T12:00:00Z'),
        envelope: {
          subject: '<b>\r\nx\u202eevil',
          from: [{ name: '"A\u0000"', address: 'a@b.example' }],
        },
      },
      'p',
    );
    assert.equal(row.subject, '<b> xevil');
    assert.deepEqual([row.isSeen, row.isForwarded, row.isAnswered], [true, true, false]);
    assert.equal(row.receivedAt, '2026-05-03T12:00:00.000Z');
  });

  it('stands an empty message', () => {
    const row = toRow({ seq: 1, uid: 5 }, '');
    assert.deepEqual([row.subject, row.from, row.hasAttachments], ['', [], false]);
  });

  it('cleans lines', () => assert.equal(cleanLine(' a\u2028b\u0007\ud800 '), 'a b \ufffd'));
});

it('puts special folders first, children behind their parents', () => {
  const folder = (path: string, role: Folder['role'] = 'none'): Folder => ({
    path,
    name: path,
    delimiter: '/',
    role,
    depth: 0,
    isSelectable: true,
    isSubscribed: true,
    isShared: false,
    messages: 0,
    unread: 0,
    state: '',
  });
  const sorted = sortFolders([
    folder('b'),
    folder('Trash', 'trash'),
    folder('a/z'),
    folder('a'),
    folder('Archive/2024'),
    folder('INBOX', 'inbox'),
    folder('Archive', 'archive'),
  ]);
  assert.deepEqual(
    sorted.map((each) => each.path),
    ['INBOX', 'Archive', 'Archive/2024', 'Trash', 'a', 'a/z', 'b'],
  );
});
