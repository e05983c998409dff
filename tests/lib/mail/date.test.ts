import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDate, formatInternalDate, parseDate, parseInternalDate } from '#lib/mail/date.ts';

const rows: [input: string, expected: string | null][] = [
  ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06.000Z'],
  ['21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06.000Z'],
  ['Fri,21 Nov 1997 09:55 -0600', '1997-11-21T15:55:00.000Z'],
  ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06.000Z'],
  ['21 Nov 26 09:55:06 EST', '2026-11-21T14:55:06.000Z'],
  ['21 Nov 126 09:55:06 Z', '2026-11-21T09:55:06.000Z'],
  ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06.000Z'],
  ['Thu, 13 Feb 1969 23:32 -0330 (Newfoundland (Time))', '1969-02-14T03:02:00.000Z'],
  ['Mon, 1 Jan 2024 00:00:00 +0530', '2023-12-31T18:30:00.000Z'],
  ['Mon, 01 January 2024 00:00:00 +0000', '2024-01-01T00:00:00.000Z'],
  ['Mon Jan  1 10:00:00 2024', '2024-01-01T10:00:00.000Z'],
  ['Mon, 1 Jan 2024 10:00:00 X', '2024-01-01T10:00:00.000Z'],
  ['Mon, 1 Jan 2024 10:00:00', '2024-01-01T10:00:00.000Z'],
  ['Mon, 1 Jan 2024 10:00:00 GMT+0200', '2024-01-01T08:00:00.000Z'],
  ['2024-01-01T10:00:00Z', '2024-01-01T10:00:00.000Z'],
  ['2024-01-01 10:00:00 +0100', '2024-01-01T09:00:00.000Z'],
  ['1-Jan-2024 10:00:00 +0000', '2024-01-01T10:00:00.000Z'],
  ['Sun, 31 Dec 2023 23:59:60 +0000', '2023-12-31T23:59:59.000Z'],
  ['31 Feb 2024 10:00:00 +0000', null],
  ['32 Jan 2024 10:00:00 +0000', null],
  ['1 Jan 1024 10:00:00 +0000', null],
  ['1 Jan 2024 25:00:00 +0000', '2024-01-01T00:00:00.000Z'],
  ['yesterday', null],
  ['', null],
  ['('.repeat(5_000), null],
];
for (const [input, expected] of rows) {
  test(`parseDate ${input.slice(0, 60)}`, () => {
    assert.equal(parseDate(input)?.toISOString() ?? null, expected);
  });
}

test('formatDate and parseDate agree in every zone', () => {
  const date = new Date('2026-02-03T04:05:06Z');
  assert.equal(formatDate(date), 'Tue, 3 Feb 2026 04:05:06 +0000');
  assert.equal(formatDate(date, -330), 'Mon, 2 Feb 2026 22:35:06 -0530');
  for (let offset = -720; offset <= 840; offset += 15) {
    assert.deepEqual(parseDate(formatDate(date, offset)), date);
  }
});

test('IMAP date-time', () => {
  const date = new Date('2026-02-03T04:05:06Z');
  assert.equal(formatInternalDate(date), '03-Feb-2026 04:05:06 +0000');
  assert.deepEqual(parseInternalDate(' 3-feb-2026 05:05:06 +0100'), date);
  assert.deepEqual(parseInternalDate(formatInternalDate(date)), date);
  for (const bad of [
    '3-Feb-2026 04:05:06 +0000',
    '03-Foo-2026 04:05:06 +0000',
    '31-Feb-2026 04:05:06 +0000',
    '03-Feb-2026 24:05:06 +0000',
    '03-Feb-2026',
    '',
  ]) {
    assert.equal(parseInternalDate(bad), null, bad);
  }
});
