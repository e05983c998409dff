// Tables of the command line: times by the clocks of the service, which are named.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatTable } from '#server/cli/print.ts';

const rows = [
  { name: 'winter', at: new Date('2026-01-31T23:30:05Z'), by: null },
  { name: 'summer', at: new Date('2026-07-01T23:30:05Z'), by: 'ada' },
];
const cases: [zone: string, header: string, winter: string, summer: string][] = [
  ['', 'at', '2026-01-31 23:30:05', '2026-07-01 23:30:05'],
  ['UTC', 'at (UTC)', '2026-01-31 23:30:05', '2026-07-01 23:30:05'],
  ['Europe/Berlin', 'at (Europe/Berlin)', '2026-02-01 00:30:05', '2026-07-02 01:30:05'],
  ['America/New_York', 'at (America/New_York)', '2026-01-31 18:30:05', '2026-07-01 19:30:05'],
];

describe('a table of the command line', () => {
  for (const [zone, header, winter, summer] of cases) {
    it(`has its times in ${zone || 'UTC, unnamed'}`, () => {
      const wide = Math.max(header.length, winter.length);
      assert.deepEqual(formatTable(rows, ['name', 'at', 'by'], zone).split('\n'), [
        `name    ${header.padEnd(wide)}  by`,
        `winter  ${winter.padEnd(wide)}  -`,
        `summer  ${summer.padEnd(wide)}  ada`,
        '',
      ]);
    });
  }

  it('names no zone over what is no time', () => {
    assert.equal(formatTable([{ at: 'later' }], ['at'], 'UTC'), 'at\nlater\n');
  });
});
