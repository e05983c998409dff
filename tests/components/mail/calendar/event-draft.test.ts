// The form of an event: where a new one begins, what becomes of its end when the beginning moves, whole days.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type FormValues,
  moveStart,
  setAllDay,
  startValues,
} from '#components/mail/calendar/event-draft.ts';

const day = '2026-12-07';
const timesOf = ({ startDay, startClock, endDay, endClock }: FormValues) =>
  `${startDay} ${startClock} – ${endDay} ${endClock}`;
const newAt = (now: string, clock?: string) =>
  startValues({ kind: 'new', day, clock }, 'UTC', new Date(`2026-11-21T${now}:00Z`));

describe('a new event', () => {
  const cases: [string, string, string][] = [
    ['09:20', '2026-12-07 10:00 – 2026-12-07 11:00', 'the next whole hour'],
    ['21:59', '2026-12-07 22:00 – 2026-12-07 23:00', 'the last one that ends on its day'],
    ['22:10', '2026-12-07 23:00 – 2026-12-08 00:00', 'ends at midnight'],
    ['23:50', '2026-12-07 23:00 – 2026-12-08 00:00', 'not on the day after the chosen one'],
  ];
  for (const [now, expected, why] of cases) {
    it(`made at ${now}: ${why}`, () => assert.equal(timesOf(newAt(now)), expected));
  }
});

describe('another beginning', () => {
  const cases: [string, Partial<FormValues>, [string, string], string][] = [
    ['keeps the hour', {}, [day, '19:30'], '2026-12-07 19:30 – 2026-12-07 20:30'],
    [
      'takes the end back from midnight',
      newAt('22:10'),
      [day, '19:30'],
      '2026-12-07 19:30 – 2026-12-07 20:30',
    ],
    [
      'ends on the next day where it must',
      {},
      [day, '23:30'],
      '2026-12-07 23:30 – 2026-12-08 00:30',
    ],
    [
      'moves over days',
      { endDay: '2026-12-09' },
      ['2026-12-31', '10:00'],
      '2026-12-31 10:00 – 2027-01-02 11:00',
    ],
    [
      'gives an hour to what ended before it began',
      { endClock: '08:00' },
      [day, '12:00'],
      '2026-12-07 12:00 – 2026-12-07 13:00',
    ],
    ['lets a year be typed', {}, ['12026-12-07', '10:00'], '12026-12-07 10:00 – 2026-12-07 11:00'],
    [
      'of whole days',
      { isAllDay: true, endDay: '2026-12-08' },
      ['2026-12-10', '09:00'],
      '2026-12-10 09:00 – 2026-12-11 11:00',
    ],
  ];
  for (const [what, given, [startDay, startClock], expected] of cases) {
    it(what, () => {
      const values = { ...newAt('09:20'), ...given };
      assert.equal(timesOf({ ...values, ...moveStart(values, startDay, startClock) }), expected);
    });
  }
});

describe('whole days', () => {
  it('are one day for what ends at midnight', () => {
    const values = newAt('22:10');
    assert.equal(setAllDay(values, true).endDay, day);
  });

  it('are as many as they were', () => {
    const values = { ...newAt('09:20'), endDay: '2026-12-09' };
    assert.equal(setAllDay(values, true).endDay, '2026-12-09');
  });

  it('become an hour again', () => {
    const values = newAt('22:10');
    const whole = { ...values, ...setAllDay(values, true) };
    const again = { ...whole, ...setAllDay(whole, false) };
    assert.equal(timesOf(again), '2026-12-07 23:00 – 2026-12-08 00:00');
  });
});
