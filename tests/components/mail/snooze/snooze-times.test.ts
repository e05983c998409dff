// Moments to snooze to, in the person's zone, over changes of the clock; keywords of new labels.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeLabel } from '#components/mail/labels/make-label.ts';
import { atWall, listSnoozeTimes, readWall } from '#components/mail/snooze/snooze-times.ts';

const show = (now: string, zone: string) =>
  listSnoozeTimes(new Date(now), zone).map(
    ({ key, at }) => `${key} ${at.toISOString().slice(0, 16)}`,
  );

describe('snooze times', () => {
  const cases: [why: string, now: string, zone: string, times: string[]][] = [
    [
      'on a Tuesday morning',
      '2026-11-17T09:10:00Z',
      'Europe/Berlin',
      [
        'later 2026-11-17T12:30',
        'evening 2026-11-17T17:00',
        'tomorrow 2026-11-18T07:00',
        'weekend 2026-11-21T07:00',
        'nextWeek 2026-11-23T07:00',
      ],
    ],
    [
      'late on a Friday',
      '2026-11-20T20:00:00Z',
      'Europe/Berlin',
      ['tomorrow 2026-11-21T07:00', 'nextWeek 2026-11-23T07:00'],
    ],
    [
      'on a Sunday tomorrow is Monday',
      '2026-11-22T19:00:00Z',
      'Europe/Berlin',
      ['tomorrow 2026-11-23T07:00', 'weekend 2026-11-28T07:00'],
    ],
    [
      'where it is tomorrow already',
      '2026-11-17T20:00:00Z',
      'Pacific/Auckland',
      [
        'later 2026-11-17T23:00',
        'evening 2026-11-18T05:00',
        'tomorrow 2026-11-18T19:00',
        'weekend 2026-11-20T19:00',
        'nextWeek 2026-11-22T19:00',
      ],
    ],
    [
      'over the end of summer time',
      '2026-10-24T19:00:00Z',
      'Europe/Berlin',
      ['tomorrow 2026-10-25T07:00', 'weekend 2026-10-31T07:00', 'nextWeek 2026-10-26T07:00'],
    ],
  ];
  for (const [why, now, zone, times] of cases) {
    it(why, () => assert.deepEqual(show(now, zone).sort(), [...times].sort()));
  }

  it('reads the wall and goes back to it', () => {
    for (const zone of ['UTC', 'Asia/Kolkata', 'America/New_York', undefined]) {
      const at = new Date('2026-03-08T12:34:00Z');
      assert.equal(atWall(readWall(at, zone), zone).getTime(), at.getTime());
    }
  });

  it('goes on from a time that the clock leaves out', () => {
    const at = atWall({ year: 2026, month: 3, day: 29, hour: 2, minute: 30 }, 'Europe/Berlin');
    assert.match(at.toISOString(), /^2026-03-29T0[01]:30/);
  });
});

describe('a new label', () => {
  const cases: [name: string, keyword: string][] = [
    ['Lake house', 'Lake_house'],
    ['Büro & Co.', 'Buro_Co'],
    ['To do', 'To_do'],
    ['会議', 'label_'],
    ['x'.repeat(200), 'x'.repeat(40)],
  ];
  for (const [name, keyword] of cases) {
    it(name.slice(0, 20), () => assert.ok(makeLabel(name, []).keyword.startsWith(keyword)));
  }
  it('has a keyword and a colour of its own', () => {
    const one = makeLabel('Work', []);
    const other = makeLabel('work', [one]);
    assert.equal(other.keyword, 'work-2');
    assert.notEqual(other.colour, one.colour);
  });
});
