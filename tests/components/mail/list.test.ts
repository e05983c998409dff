// The pure parts of the list: stretches of rows, ids over several folders, groups of days, colours, keys, widths.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DateStyle } from '#components/mail/dates.ts';
import {
  commandOf,
  commands,
  mapKeys,
  splitKeys,
  writeStroke,
} from '#components/mail/keyboard/commands.ts';
import { findRule } from '#components/mail/list/colour-rules.ts';
import { groupKey, groupOf } from '#components/mail/list/day-groups.ts';
import { readPanes, usualPanes } from '#components/mail/list/panes.ts';
import { cut, lineTracks, rowHeight, shownColumns } from '#components/mail/list/row-look.ts';
import {
  findGone,
  joinPage,
  type ListView,
  nextStretch,
  refreshStretch,
  viewOf,
  withoutRows,
} from '#components/mail/state/list-view.ts';
import { folderOf, groupByFolder, rowId, uidOf } from '#components/mail/state/row-id.ts';
import type { MessagePage, MessageRow } from '#lib/webmail/list/message-list.ts';

const rowOf = (uid: number) => ({ uid }) as MessageRow;

/** Rows of a list of `total`, newest first: the row at place 0 has the highest UID. */
function pageOf(offset: number, size: number, total = 1000, snapshot = 's'): MessagePage {
  const rows = Array.from({ length: Math.min(size, total - offset) }, (_, i) =>
    rowOf(total - offset - i),
  );
  const fixed = {
    folder: 'INBOX',
    uidValidity: '1',
    query: '',
    filter: null,
    sort: 'newest',
  } as const;
  return { ...fixed, page: 1, pageSize: 50, offset, total, snapshot, rows };
}
const spanOf = ({ start, rows }: ListView) => [start, start + rows.length];

describe('a list view', () => {
  it('grows at both ends and is cut at the other', () => {
    let view = viewOf(pageOf(100, 50));
    view = joinPage(view, pageOf(150, 50));
    assert.deepEqual(spanOf(view), [100, 200]);
    view = joinPage(view, pageOf(50, 50));
    assert.deepEqual(spanOf(view), [50, 200]);
    for (let offset = 200; offset < 600; offset += 50) view = joinPage(view, pageOf(offset, 50));
    assert.deepEqual(spanOf(view), [200, 600]);
    view = joinPage(view, pageOf(150, 50));
    assert.deepEqual(spanOf(view), [150, 550]);
    assert.deepEqual(
      view.rows.map((row) => row.uid),
      Array.from({ length: 400 }, (_, i) => 850 - i),
    );
  });

  it('begins anew where rows have moved or nothing touches', () => {
    const view = viewOf(pageOf(0, 50));
    assert.deepEqual(spanOf(joinPage(view, pageOf(50, 50, 1000, 'other'))), [50, 100]);
    assert.deepEqual(spanOf(joinPage(view, pageOf(500, 50))), [500, 550]);
    assert.deepEqual(spanOf(joinPage(undefined, pageOf(500, 50))), [500, 550]);
  });

  const cases: [why: string, seen: [number, number], next: [number, number] | null][] = [
    ['nothing while all is well inside', [105, 120], [50, 50]],
    ['the next from 70 % on', [170, 180], [200, 50]],
    ['nothing in the middle', [140, 150], null],
    ['around a far place', [700, 720], [675, 71]],
    ['the end', [990, 999], [965, 60]],
    ['what joins on below', [190, 210], [200, 50]],
  ];
  for (const [why, [first, last], next] of cases) {
    it(`asks for ${why}`, () => {
      const view = joinPage(viewOf(pageOf(100, 50)), pageOf(150, 50));
      const wanted = nextStretch(view, first, last);
      assert.deepEqual(wanted && [wanted.offset, wanted.limit], next);
    });
  }

  it('asks for nothing where there is nothing, and refreshes around what is seen', () => {
    assert.equal(nextStretch(viewOf(pageOf(0, 50, 0)), 0, 10), null);
    assert.equal(nextStretch(viewOf(pageOf(0, 50, 20)), 0, 19), null);
    assert.deepEqual(refreshStretch(0, 12), { offset: 0, limit: 50 });
    assert.deepEqual(refreshStretch(300, 320), { offset: 275, limit: 70 });
    assert.equal(refreshStretch(0, 5000).limit, 200);
  });

  it('loses rows, and tells which chosen ones are gone', () => {
    const before = viewOf(pageOf(0, 50));
    const after = withoutRows(before, new Set([999, 5]));
    assert.deepEqual([after.total, after.rows.length], [999, 49]);
    const fresh = viewOf({
      ...pageOf(0, 60),
      rows: pageOf(0, 60).rows.filter(({ uid }) => uid !== 998),
    });
    // 5 is far down and not looked at; it stays chosen.
    assert.deepEqual([...findGone(before, fresh, new Set([998, 997, 5]))], [998]);
  });
});

it('gives messages of several folders ids of their own', () => {
  assert.equal(rowId(undefined, 7, 'INBOX'), 7);
  assert.equal(rowId('INBOX', 7, 'INBOX'), 7);
  const sent = rowId('Sent', 7, 'INBOX');
  assert.ok(Number.isSafeInteger(sent) && sent !== 7 && sent === rowId('Sent', 7, 'INBOX'));
  assert.deepEqual(
    [folderOf(sent, 'INBOX'), uidOf(sent), folderOf(7, 'INBOX')],
    ['Sent', 7, 'INBOX'],
  );
  assert.deepEqual(
    [...groupByFolder([sent, 7, 8], 'INBOX')],
    [
      ['Sent', [7]],
      ['INBOX', [7, 8]],
    ],
  );
});

describe('groups of days', () => {
  const style: DateStyle = {
    locale: 'en',
    zone: 'UTC',
    hours: '24',
    format: 'auto',
    firstWeekday: 1,
  };
  // A Saturday.
  const now = new Date('2026-11-21T12:00:00Z');
  const cases: [iso: string, key: string][] = [
    ['2026-11-22T00:30:00Z', 'later'],
    ['2026-11-21T00:00:00Z', 'today'],
    ['2026-11-20T23:59:00Z', 'yesterday'],
    ['2026-11-16T08:00:00Z', 'this-week'],
    ['2026-11-15T08:00:00Z', 'last-week'],
    ['2026-11-08T08:00:00Z', 'this-month'],
    ['2026-10-31T08:00:00Z', 'month October'],
    ['2024-10-31T08:00:00Z', 'year 2024'],
  ];
  for (const [iso, key] of cases) {
    it(`${iso} is ${key}`, () => assert.equal(groupKey(groupOf(iso, now, style)), key));
  }
  it('counts days in the zone of the person', () => {
    const tokyo = { ...style, zone: 'Asia/Tokyo' };
    assert.equal(groupKey(groupOf('2026-11-20T20:00:00Z', now, tokyo)), 'today');
  });
});

describe('colour rules', () => {
  const row = {
    from: [{ name: 'Ann Lee', address: 'ann@example.org' }],
    to: [{ name: '', address: 'team@example.org' }],
    cc: [{ name: 'Bob', address: 'bob@example.org' }],
    subject: 'The Plan',
  };
  const rule = (field: 'from' | 'to' | 'cc' | 'to-cc' | 'subject', text: string) =>
    ({ field, text, colour: 'red' }) as const;
  const cases: [field: Parameters<typeof rule>[0], text: string, fits: boolean][] = [
    ['from', 'LEE', true],
    ['from', 'team', false],
    ['to', 'team@', true],
    ['to', 'bob', false],
    ['cc', 'bob', true],
    ['to-cc', 'bob', true],
    ['to-cc', 'ann', false],
    ['subject', 'plan', true],
    ['subject', '  ', false],
  ];
  for (const [field, text, fits] of cases) {
    it(`${field} ${text}`, () => assert.equal(findRule([rule(field, text)], row) !== null, fits));
  }
  it('takes the first that fits', () => {
    const second = { ...rule('subject', 'plan'), colour: 'blue' } as const;
    assert.equal(findRule([rule('from', 'zoe'), second, rule('from', 'ann')], row), second);
  });
});

describe('keys', () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false };
  const press = (key: string, more: object = {}) => writeStroke({ key, ...plain, ...more });
  const usual = mapKeys({});
  const find = (stroke: string | null, previous: string | null = null, mayLetters = true) =>
    stroke === null ? null : commandOf(usual, stroke, previous, mayLetters);

  it('knows single keys, pairs and chords', () => {
    assert.equal(find(press('j')), 'next');
    assert.equal(find(press('i'), 'g'), 'go-inbox');
    assert.equal(find(press('i')), null);
    assert.equal(find(press('a', { ctrlKey: true })), 'select-all');
    assert.equal(find(press('a', { metaKey: true })), 'select-all');
    assert.equal(find(press('U', { shiftKey: true })), 'unread');
    assert.equal(find(press('ArrowDown', { shiftKey: true })), 'extend-down');
    assert.equal(find(press(' ')), 'select');
    assert.equal(find(press('['), null), 'archive-previous');
    assert.equal(
      find(press('[', { ctrlKey: true, altKey: true, isAltGraph: true })),
      'archive-previous',
    );
  });
  it('leaves the browser its own', () => {
    assert.equal(find(press('c', { ctrlKey: true })), null);
    assert.equal(find(press('f', { metaKey: true })), null);
    assert.equal(press('ArrowLeft', { altKey: true }), null);
    assert.equal(press('Shift', { shiftKey: true }), null);
    assert.equal(find(press('constructor'), 'g'), null);
  });
  it('keeps arrows and chords where letters are off', () => {
    assert.equal(find('j', null, false), null);
    assert.equal(find('#', null, false), null);
    assert.equal(find('ArrowDown', null, false), 'next');
    assert.equal(find('Ctrl+k', null, false), 'palette');
  });
  it('takes own keys before the usual ones', () => {
    const own = mapKeys({ archive: ['y', 'g e'], delete: [] });
    assert.equal(commandOf(own, 'y', null), 'archive');
    assert.equal(commandOf(own, 'e', 'g'), 'archive');
    assert.equal(commandOf(own, 'e', null), null);
    assert.equal(commandOf(own, '#', null), null);
    assert.equal(commandOf(mapKeys({ compose: ['j'] }), 'j', null), 'compose');
  });
  it('has one command for each usual key, and each command once', () => {
    const keys = commands.flatMap((command) => command.keys);
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(new Set(commands.map(({ id }) => id)).size, commands.length);
  });
  it('writes keys as they stand on a keyboard', () => {
    assert.deepEqual(splitKeys('Ctrl+a'), ['Ctrl', 'A']);
    assert.deepEqual(splitKeys('g i'), ['g', 'i']);
    assert.deepEqual(splitKeys('I'), ['Shift', 'I']);
    assert.deepEqual(splitKeys('Shift+ArrowDown'), ['Shift', '↓']);
    assert.deepEqual(splitKeys('Ctrl+Shift+C'), ['Ctrl', 'Shift', 'C']);
  });
});

it('measures rows and cuts texts', () => {
  const look = { mode: 'card', density: 'comfortable', hasPreview: true, isCoarse: false } as const;
  assert.ok(rowHeight(look) > rowHeight({ ...look, hasPreview: false }));
  assert.equal(rowHeight({ ...look, mode: 'line', density: 'compact', isCoarse: true }) * 16, 44);
  const columns = ['flags', 'from', 'subject', 'labels', 'received'] as const;
  assert.deepEqual(shownColumns({ columns, isOutgoing: true }), ['to', 'subject', 'received']);
  assert.equal(
    lineTracks({ columns, widths: {}, isOutgoing: false, dates: 'iso' }).split(') ').length,
    3,
  );
  const widths = { from: 20, subject: 5 };
  assert.match(lineTracks({ columns, widths, isOutgoing: false, dates: 'iso' }), /^20rem minmax/);
  assert.deepEqual([cut('abcdef', 3), cut('abc', 3), cut('abc', 0)], ['abc…', 'abc', 'abc']);
});

it('reads the room of the list from its cookie', () => {
  assert.deepEqual(readPanes('30-60'), { right: 30, below: 60 });
  for (const text of [undefined, '', '5-90', 'a-b', '30']) {
    const panes = readPanes(text);
    assert.equal(panes.below, usualPanes.below);
  }
});
