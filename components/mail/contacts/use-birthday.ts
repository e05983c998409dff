// A birthday in words: a day of the calendar, the same in every zone; the year may be unknown.
'use client';
import { formatterOf } from '../dates.ts';
import { useDateStyle } from '../use-dates.tsx';

/** "10 December 1815" of "1815-12-10", "10 December" of "--12-10"; empty for anything else. */
export function useBirthday(birthday: string): string {
  const style = useDateStyle();
  const match = /^(\d{4}|--)-?(\d{2})-(\d{2})$/.exec(birthday);
  if (!match) return '';
  const [, year, month, day] = match;
  const date = new Date(`${year === '--' ? '2000' : year}-${month}-${day}T00:00:00Z`);
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long' };
  if (year !== '--') options.year = 'numeric';
  return formatterOf({ ...style, zone: 'UTC' }, options).format(date);
}
