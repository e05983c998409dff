// Which changes of the folders are new mail.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findGrown, isFresh, isInScope } from '#components/mail/notices/new-mail.ts';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';

const folder = (path: string, messages: number, unread: number): Folder => ({
  path,
  name: path,
  delimiter: '/',
  role: path === 'INBOX' ? 'inbox' : 'none',
  depth: 0,
  isSelectable: true,
  isSubscribed: true,
  isShared: false,
  messages,
  unread,
  state: '',
});

describe('findGrown', () => {
  const cases: [before: [number, number], after: [number, number], count: number, why: string][] = [
    [[5, 1], [6, 2], 1, 'one came'],
    [[5, 1], [8, 3], 2, 'three came, one is read'],
    [[5, 1], [5, 2], 0, 'one is marked unread'],
    [[5, 1], [6, 1], 0, 'a read one was moved here'],
    [[5, 3], [4, 2], 0, 'one went'],
  ];
  for (const [before, after, count, why] of cases) {
    it(why, () => {
      const grown = findGrown([folder('INBOX', ...before)], [folder('INBOX', ...after)]);
      assert.deepEqual(
        grown.map((each) => each.count),
        count > 0 ? [count] : [],
      );
    });
  }
  it('says nothing of a folder that is new itself', () => {
    assert.deepEqual(findGrown([], [folder('Lists', 3, 3)]), []);
  });
});

it('knows whose folders are meant', () => {
  const inbox = { path: 'INBOX', role: 'inbox', isShared: false } as const;
  const lists = { path: 'Lists', role: 'none', isShared: false } as const;
  const junk = { path: 'Junk', role: 'junk', isShared: false } as const;
  const shared = { path: 'Other/ann', role: 'none', isShared: true } as const;
  const told = (scope: 'inbox' | 'all' | 'chosen') =>
    [inbox, lists, junk, shared].filter((each) => isInScope(each, scope, ['Junk', 'Other/ann']));
  assert.deepEqual(told('inbox'), [inbox]);
  assert.deepEqual(told('all'), [inbox, lists]);
  assert.deepEqual(told('chosen'), [junk, shared]);
});

it('takes what arrived long ago for moved, not new', () => {
  const now = new Date('2026-05-20T12:00:00Z');
  const at = (receivedAt: string, isSeen = false) => isFresh({ receivedAt, isSeen }, now);
  assert.equal(at('2026-05-20T11:55:00Z'), true);
  assert.equal(at('2026-05-20T12:03:00Z'), true);
  assert.equal(at('2026-05-20T10:00:00Z'), false);
  assert.equal(at('2026-05-20T11:59:00Z', true), false);
});
