// Which snapshots stay by days, weeks and months.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseKept, type KeepPolicy, timeOf } from '#server/backup/retention.ts';

const at = new Date('2026-11-21T12:00:00Z');
const nameAt = (text: string) => `${text.replaceAll(':', '-')}.000Z`;
const nightly = (count: number) =>
  Array.from({ length: count }, (_, day) => {
    const date = new Date(Date.UTC(2026, 10, 21 - day, 2, 30));
    return nameAt(date.toISOString().slice(0, 19));
  });

const cases: [why: string, names: string[], policy: KeepPolicy, kept: string[]][] = [
  ['nothing of nothing', [], { daily: 7, weekly: 4, monthly: 6 }, []],
  [
    'the newest, whatever the policy',
    [nameAt('2020-01-01T00:00:00'), nameAt('2020-02-01T00:00:00')],
    { daily: 0, weekly: 0, monthly: 0 },
    [nameAt('2020-02-01T00:00:00')],
  ],
  [
    'all of the last day',
    [nameAt('2026-11-21T10:00:00'), nameAt('2026-11-21T11:00:00'), nameAt('2026-11-20T13:00:00')],
    { daily: 1, weekly: 0, monthly: 0 },
    [nameAt('2026-11-20T13:00:00'), nameAt('2026-11-21T10:00:00'), nameAt('2026-11-21T11:00:00')],
  ],
  [
    'the newest of each day',
    [nameAt('2026-11-18T01:00:00'), nameAt('2026-11-18T22:00:00'), nameAt('2026-11-19T03:00:00')],
    { daily: 2, weekly: 0, monthly: 0 },
    [nameAt('2026-11-18T22:00:00'), nameAt('2026-11-19T03:00:00')],
  ],
  [
    'days that are missing do not count',
    [nameAt('2026-06-01T01:00:00'), nameAt('2026-09-01T01:00:00')],
    { daily: 2, weekly: 0, monthly: 0 },
    [nameAt('2026-06-01T01:00:00'), nameAt('2026-09-01T01:00:00')],
  ],
  [
    'weeks begin on Monday',
    [nameAt('2026-11-15T23:00:00'), nameAt('2026-11-16T01:00:00'), nameAt('2026-11-17T01:00:00')],
    { daily: 0, weekly: 2, monthly: 0 },
    [nameAt('2026-11-15T23:00:00'), nameAt('2026-11-17T01:00:00')],
  ],
  [
    'days, weeks and months of two hundred nights',
    nightly(200),
    { daily: 3, weekly: 3, monthly: 3 },
    [
      nameAt('2026-09-30T02:30:00'),
      nameAt('2026-10-31T02:30:00'),
      nameAt('2026-11-08T02:30:00'),
      nameAt('2026-11-15T02:30:00'),
      nameAt('2026-11-19T02:30:00'),
      nameAt('2026-11-20T02:30:00'),
      nameAt('2026-11-21T02:30:00'),
    ],
  ],
];

describe('snapshots that stay', () => {
  for (const [why, names, policy, kept] of cases) {
    it(why, () => assert.deepEqual([...chooseKept(names, policy, at)].sort(), kept));
  }

  it('reads the time of a name', () => {
    assert.equal(timeOf('2026-11-20T02-30-00.123Z').toISOString(), '2026-11-20T02:30:00.123Z');
  });
});
