// Rules of recurrence, compared with a known library where that can end, and with days written by hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import ICAL from 'ical.js';
import { expandRule, formatRule, parseRule } from '#lib/calendar/rule.ts';
import { findZone, formatDay, parseDay, toMoment, toWall } from '#lib/calendar/zone.ts';

function expand(text: string, start: string, from = start, to = '2032-12-31', most = 40): string[] {
  const range = { from: parseDay(from), to: parseDay(to), most };
  return [...expandRule(parseRule(text), parseDay(start), range)].map(formatDay);
}

function expandByLibrary(text: string, start: string, most = 40): string[] {
  const iterator = ICAL.Recur.fromString(text).iterator(ICAL.Time.fromDateString(start));
  const days: string[] = [];
  for (let next = iterator.next(); next && days.length < most; next = iterator.next()) {
    if (next.toString() > '2032-12-31') break;
    days.push(next.toString());
  }
  return days;
}

describe('rules', () => {
  for (const [rule, start] of [
    ['FREQ=DAILY', '2026-02-26'],
    ['FREQ=DAILY;INTERVAL=3;COUNT=10', '2026-02-26'],
    ['FREQ=DAILY;BYDAY=MO,FR', '2026-11-23'],
    ['FREQ=WEEKLY', '2026-11-21'],
    ['FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=7', '2026-11-23'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO', '2026-11-24'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU', '2026-11-24'],
    ['FREQ=MONTHLY', '2026-01-31'],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', '2026-01-31'],
    ['FREQ=MONTHLY;BYMONTHDAY=1,15', '2026-01-01'],
    ['FREQ=MONTHLY;BYDAY=2TU', '2026-11-10'],
    ['FREQ=MONTHLY;BYDAY=-1FR;INTERVAL=2', '2026-11-27'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', '2026-11-30'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', '2026-02-13'],
    ['FREQ=YEARLY', '2024-02-28'],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', '2026-03-29'],
    ['FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=4', '2026-01-04'],
    ['FREQ=YEARLY;UNTIL=20280101;INTERVAL=1', '2026-01-01'],
  ] as const) {
    it(`${rule} from ${start}`, () => {
      const lastDay = /UNTIL=(\d{8})/.exec(rule)?.[1];
      const range = {
        from: parseDay(start),
        to: parseDay('2032-12-31'),
        most: 40,
        lastDay: lastDay ? parseDay(lastDay) : undefined,
      };
      const days = [...expandRule(parseRule(rule), parseDay(start), range)].map(formatDay);
      assert.deepEqual(days, expandByLibrary(rule, start));
      assert.ok(days.length > 0);
    });
  }

  it('begin anywhere without counting from the start', () => {
    assert.deepEqual(expand('FREQ=WEEKLY;INTERVAL=2', '1990-01-01', '2026-11-20', '2026-12-20'), [
      '2026-11-30',
      '2026-12-14',
    ]);
    assert.deepEqual(expand('FREQ=YEARLY', '1815-12-10', '2026-12-01', '2026-12-31'), [
      '2026-12-10',
    ]);
    assert.deepEqual(expand('FREQ=DAILY;COUNT=3', '2026-11-20', '2026-11-22'), ['2026-11-22']);
    assert.deepEqual(
      expand('FREQ=WEEKLY;BYDAY=MO', '2026-11-21', '2026-11-21', '2026-11-24'),
      ['2026-11-21', '2026-11-23'],
      'the start counts',
    );
  });

  it('skip days that do not exist (RFC 5545 §3.3.10)', () => {
    assert.deepEqual(expand('FREQ=YEARLY', '2024-02-29'), [
      '2024-02-29',
      '2028-02-29',
      '2032-02-29',
    ]);
  });

  it('end, however they are made', () => {
    for (const rule of [
      'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2',
      'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31',
      'FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1',
      'FREQ=DAILY;INTERVAL=1000;BYDAY=MO;BYSETPOS=5',
      'FREQ=YEARLY;INTERVAL=1000',
    ]) {
      const days = expand(rule, '2026-01-01', '2026-01-02', '9999-12-31');
      assert.ok(days.length <= 10, rule);
    }
  });

  it('are refused where they are none or too fine', () => {
    for (const rule of [
      '',
      'FREQ=SECONDLY',
      'FREQ=HOURLY',
      'FREQ=DAILY;BYHOUR=1,2',
      'FREQ=WEEKLY;INTERVAL=0',
      'FREQ=DAILY;BYDAY=XX',
      'FREQ=DAILY;UNTIL=soon',
      'FREQ=YEARLY;BYWEEKNO=20',
      'FREQ=DAILY;BYMONTHDAY=0',
    ]) {
      assert.throws(() => parseRule(rule), { reason: 'invalid' }, rule);
    }
  });

  it('have one spelling', () => {
    assert.equal(
      formatRule(parseRule('byday=+2TU;freq=monthly;interval=1;wkst=MO')),
      'FREQ=MONTHLY;BYDAY=2TU',
    );
  });
});

describe('zones', () => {
  const at = (day: string, time: string, zone: string) => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    return toMoment(
      { day: parseDay(day), seconds: hours * 3600 + minutes * 60 },
      zone,
    ).toISOString();
  };
  for (const [why, day, time, zone, expected] of [
    ['winter', '2026-01-10', '09:00', 'Europe/Berlin', '2026-01-10T08:00:00.000Z'],
    ['summer', '2026-07-10', '09:00', 'Europe/Berlin', '2026-07-10T07:00:00.000Z'],
    ['an hour that is skipped', '2026-03-29', '02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    [
      'an hour that comes twice',
      '2026-10-25',
      '02:30',
      'Europe/Berlin',
      '2026-10-25T00:30:00.000Z',
    ],
    ['half hours', '2026-01-10', '09:00', 'Asia/Kolkata', '2026-01-10T03:30:00.000Z'],
    ['a day that was left out', '2011-12-30', '12:00', 'Pacific/Apia', '2011-12-30T22:00:00.000Z'],
    ['New York in autumn', '2026-11-01', '01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
  ] as const) {
    it(`${why}: ${day} ${time} ${zone}`, () => assert.equal(at(day, time, zone), expected));
  }

  it('there and back', () => {
    for (const zone of [
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Asia/Kathmandu',
      'Pacific/Auckland',
    ]) {
      for (let day = 20_400; day < 20_800; day += 13) {
        const wall = { day, seconds: 12 * 3600 };
        assert.deepEqual(toWall(toMoment(wall, zone), zone), wall, `${zone} ${day}`);
      }
    }
  });

  it('are found by the names programs give them', () => {
    for (const [tzid, zone] of [
      ['Europe/Berlin', 'Europe/Berlin'],
      ['/freeassociation.sourceforge.net/Europe/Berlin', 'Europe/Berlin'],
      ['/mozilla.org/20050126_1/America/New_York', 'America/New_York'],
      ['W. Europe Standard Time', 'Europe/Berlin'],
      ['My own zone', null],
      ['<script>', null],
    ] as const) {
      assert.equal(findZone(tzid), zone, tzid);
    }
  });
});
