// Dates in the person's language, zone and habits.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type DateStyle,
  dayOf,
  firstWeekdayOf,
  formatDay,
  formatFullDate,
  formatRowDate,
} from '#components/mail/dates.ts';

const british: DateStyle = {
  locale: 'en-GB',
  zone: 'UTC',
  hours: 'auto',
  format: 'auto',
  firstWeekday: 1,
};
/** Narrow and ordinary spaces differ between versions of ICU. */
const plain = (text: string) => text.replace(/\s/gu, ' ');

describe('dates of rows', () => {
  const now = new Date('2026-05-20T12:00:00Z');
  const cases: [iso: string, style: Partial<DateStyle>, text: string, reason: string][] = [
    ['2026-05-20T08:05:00Z', {}, '08:05', 'today'],
    ['2026-05-18T08:05:00Z', {}, 'Mon 08:05', 'this week'],
    ['2026-01-03T08:05:00Z', {}, '3 Jan', 'this year'],
    ['2024-01-03T08:05:00Z', {}, '3 Jan 2024', 'long ago'],
    ['2026-06-03T08:05:00Z', {}, '3 Jun', 'ahead'],
    ['1970-01-01T00:00:00Z', {}, '', 'no date'],
    ['nonsense', {}, '', 'no date either'],
    ['2026-05-20T20:05:00Z', { zone: 'Asia/Tokyo' }, '21 May', 'tomorrow there, today in UTC'],
    ['2026-05-20T15:05:00Z', { hours: '12', zone: 'UTC' }, '3:05 pm', 'twelve hours'],
    ['2026-05-20T00:05:00Z', { hours: '24', locale: 'en-US' }, '00:05', 'never 24:05'],
    ['2026-01-03T08:05:00Z', { format: 'iso' }, '2026-01-03', 'in digits also this year'],
    ['2024-01-03T08:05:00Z', { locale: 'de' }, '3. Jan. 2024', 'another language'],
  ];
  for (const [iso, style, text, reason] of cases) {
    it(`${iso}: ${reason}`, () =>
      assert.equal(plain(formatRowDate(iso, now, { ...british, ...style })), text));
  }
});

describe('whole dates', () => {
  const iso = '2026-05-03T14:05:00Z';
  it('follow the chosen order', () => {
    const day = (format: DateStyle['format']) => formatDay(iso, { ...british, format });
    assert.deepEqual(
      [day('iso'), day('dots'), day('day-first'), day('month-first')],
      ['2026-05-03', '03.05.2026', '03/05/2026', '05/03/2026'],
    );
    const whole = formatFullDate(iso, { ...british, format: 'iso', hours: '24' });
    assert.equal(plain(whole), 'Sun 2026-05-03 14:05');
  });
  it('say so where there is none', () => {
    assert.equal(formatFullDate('', british, 'none'), 'none');
  });
  it('know the day in a zone', () => {
    assert.equal(
      dayOf(new Date('2026-05-03T23:30:00Z'), { zone: 'Africa/Addis_Ababa' }),
      '2026-05-04',
    );
  });
});

describe('first day of the week', () => {
  const cases: [locale: string, day: number][] = [
    ['en-GB', 1],
    ['en-US', 0],
    ['de', 1],
    ['es-MX', 0],
    ['ar', 6],
    ['ar-MA', 1],
    ['am', 0],
  ];
  for (const [locale, day] of cases) it(locale, () => assert.equal(firstWeekdayOf(locale), day));
});
