// Rules of recurring events (RFC 5545 §3.3.10) as far as people use them: daily to yearly, by day, day of the month,
// month, position. Written here and not taken from a library because rules come from strangers: expanding one must end
// whatever it says, an impossible one ("every 30 February") too. Pure.
import { Refusal } from '../errors.ts';
import { dayMs, parseDay, weekdayOf } from './zone.ts';

export type Rule = {
  frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  interval: number;
  /** 0 = without */
  count: number;
  /** "20261231" or "20261231T235959Z", or empty */
  until: string;
  /** `nth` 0: every one */
  byDay: { weekday: number; nth: number }[];
  byMonthDay: number[];
  byYearDay: number[];
  byMonth: number[];
  bySetPosition: number[];
  /** 0 = Sunday */
  weekStart: number;
};

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const maxCount = 5000;
/** Days, weeks, months or years looked at for one expansion. */
const maxPeriods = 20_000;
const known = new Set([
  ...['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYMONTH'],
  ...['BYSETPOS', 'WKST'],
]);

/** The rule of a text. Refusal 'invalid' where it is none, or says something that is not kept here. */
export function parseRule(text: string): Rule {
  const parts = new Map<string, string>();
  for (const part of text.slice(0, 1000).toUpperCase().split(';')) {
    const [name = '', value = ''] = part.split('=');
    if (name.trim() !== '') parts.set(name.trim(), value.trim());
  }
  const frequency = parts.get('FREQ');
  const isKnown = [...parts.keys()].every((name) => known.has(name) || name.startsWith('X-'));
  if (!isKnown || !isFrequency(frequency)) throw bad();
  const until = parts.get('UNTIL') ?? '';
  if (until !== '' && !/^\d{8}(?:T\d{6}Z?)?$/.test(until)) throw bad();
  return {
    frequency,
    interval: readNumber(parts.get('INTERVAL') ?? '1', 1, 1000),
    count: Math.min(maxCount, readNumber(parts.get('COUNT') ?? '0', 0, 1_000_000)),
    until,
    byDay: list(parts.get('BYDAY')).map(readByDay),
    byMonthDay: readNumbers(parts.get('BYMONTHDAY'), 31),
    byYearDay: readNumbers(parts.get('BYYEARDAY'), 366),
    byMonth: readNumbers(parts.get('BYMONTH'), 12).filter((month) => month > 0),
    bySetPosition: readNumbers(parts.get('BYSETPOS'), 366),
    weekStart: Math.max(0, weekdays.indexOf(parts.get('WKST') ?? 'MO')),
  };
}

function isFrequency(text: string | undefined): text is Rule['frequency'] {
  return text === 'DAILY' || text === 'WEEKLY' || text === 'MONTHLY' || text === 'YEARLY';
}

function bad(): Refusal {
  return new Refusal('invalid', 'This repetition is not understood.', 'recurrence');
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .filter((each) => each !== '')
    .slice(0, 60);
}

function readNumber(text: string, min: number, max: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < min || number > max) throw bad();
  return number;
}

function readNumbers(text: string | undefined, max: number): number[] {
  return list(text).map((each) => {
    const number = readNumber(each.replace(/^\+/, ''), -max, max);
    if (number === 0) throw bad();
    return number;
  });
}

function readByDay(text: string): { weekday: number; nth: number } {
  const match = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(text);
  if (!match) throw bad();
  return { weekday: weekdays.indexOf(match[2] ?? ''), nth: Number(match[1] ?? 0) };
}

/** The rule as text, in one spelling. */
export function formatRule(rule: Rule): string {
  const days = rule.byDay.map(({ weekday, nth }) => `${nth || ''}${weekdays[weekday]}`);
  const lists: [string, readonly (string | number)[]][] = [
    ['BYDAY', days],
    ['BYMONTHDAY', rule.byMonthDay],
    ['BYYEARDAY', rule.byYearDay],
    ['BYMONTH', rule.byMonth],
    ['BYSETPOS', rule.bySetPosition],
  ];
  return [
    `FREQ=${rule.frequency}`,
    ...(rule.interval > 1 ? [`INTERVAL=${rule.interval}`] : []),
    ...(rule.count > 0 ? [`COUNT=${rule.count}`] : []),
    ...(rule.until ? [`UNTIL=${rule.until}`] : []),
    ...lists
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => `${name}=${values.join(',')}`),
    ...(rule.weekStart !== 1 ? [`WKST=${weekdays[rule.weekStart]}`] : []),
  ].join(';');
}

/**
 * The days on which it happens from `from` to `to` (both included), beginning with `start`, which always counts.
 * `lastDay` is the day of UNTIL. At most `most`, and however the rule is made after a bounded time.
 */
export function* expandRule(
  rule: Rule,
  start: number,
  {
    from,
    to,
    lastDay = Number.POSITIVE_INFINITY,
    most = 1000,
  }: {
    from: number;
    to: number;
    lastDay?: number;
    most?: number;
  },
): Generator<number> {
  const end = Math.min(to, lastDay);
  let found = 0;
  let given = 0;
  // Counting needs every one from the beginning; otherwise the years before are skipped.
  const first = rule.count > 0 ? 0 : Math.max(0, countPeriods(rule, start, from) - 1);
  let hasStart = false;
  for (let k = first; k < first + maxPeriods; k++) {
    const days = listPeriod(rule, start, k);
    if (days.begin > end && days.begin > start) return;
    const own = days.list.filter((day) => day > start || (day === start && k === 0));
    if (k === 0 && !hasStart && !own.includes(start)) own.unshift(start);
    hasStart = true;
    for (const day of own) {
      if (rule.count > 0 && found === rule.count) return;
      found++;
      if (day > end) return;
      if (day < from) continue;
      yield day;
      if (++given === most) return;
    }
  }
}

/** Whole periods between two days. */
function countPeriods({ frequency, interval }: Rule, start: number, from: number): number {
  if (from <= start) return 0;
  const lengths = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 };
  return Math.floor((from - start) / (lengths[frequency] * interval));
}

type Period = { begin: number; list: number[] };

/** The days of the period `k` intervals after that of `start`, in order. */
function listPeriod(rule: Rule, start: number, k: number): Period {
  const { frequency, interval } = rule;
  const step = k * interval;
  if (frequency === 'DAILY') {
    const day = start + step;
    return { begin: day, list: choose(rule, fitsDay(rule, day) ? [day] : []) };
  }
  if (frequency === 'WEEKLY') {
    const begin = start - ((weekdayOf(start) - rule.weekStart + 7) % 7) + step * 7;
    const wanted =
      rule.byDay.length > 0 ? rule.byDay.map(({ weekday }) => weekday) : [weekdayOf(start)];
    const week = [0, 1, 2, 3, 4, 5, 6].map((i) => begin + i);
    const list = week.filter((day) => wanted.includes(weekdayOf(day)) && fitsMonth(rule, day));
    return { begin, list: choose(rule, list) };
  }
  const origin = new Date(start * dayMs);
  const year = origin.getUTCFullYear();
  if (frequency === 'MONTHLY') {
    const month = origin.getUTCMonth() + step;
    const begin = firstDay(year, month);
    const list = fitsMonth(rule, begin) ? listMonth(rule, begin, origin.getUTCDate()) : [];
    return { begin, list: choose(rule, list) };
  }
  return {
    begin: firstDay(year + step, 0),
    list: choose(rule, listYear(rule, year + step, origin)),
  };
}

function firstDay(year: number, month: number): number {
  const ms = Date.UTC(year, month, 1);
  return Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms / dayMs;
}

function listYear(rule: Rule, year: number, origin: Date): number[] {
  const begin = firstDay(year, 0);
  const length = firstDay(year + 1, 0) - begin;
  if (!Number.isFinite(length)) return [];
  if (rule.byYearDay.length > 0) {
    const days = rule.byYearDay.map((day) => (day > 0 ? begin + day - 1 : begin + length + day));
    return sort(days.filter((day) => day >= begin && day < begin + length && fitsMonth(rule, day)));
  }
  if (rule.byMonth.length > 0 || rule.byMonthDay.length > 0) {
    const months = rule.byMonth.length > 0 ? rule.byMonth : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    const date = origin.getUTCDate();
    return sort(months.flatMap((month) => listMonth(rule, firstDay(year, month - 1), date)));
  }
  if (rule.byDay.length > 0)
    return sort(rule.byDay.flatMap((each) => listWeekdays(each, begin, length)));
  const day = firstDay(year, origin.getUTCMonth()) + origin.getUTCDate() - 1;
  // 29 February of other years is none.
  return new Date(day * dayMs).getUTCDate() === origin.getUTCDate() ? [day] : [];
}

/** The days of a month: by number, by weekday (its second Tuesday), or both; else `date`. */
function listMonth(rule: Rule, begin: number, date: number): number[] {
  const length = lengthOfMonth(begin);
  if (rule.byDay.length > 0) {
    const days = sort(rule.byDay.flatMap((each) => listWeekdays(each, begin, length)));
    if (rule.byMonthDay.length === 0) return days;
    return days.filter((day) => fitsMonthDay(rule, day));
  }
  const numbers = rule.byMonthDay.length > 0 ? rule.byMonthDay : [date];
  const days = numbers.map((number) => (number > 0 ? begin + number - 1 : begin + length + number));
  return sort(days.filter((day) => day >= begin && day < begin + length));
}

function lengthOfMonth(begin: number): number {
  const date = new Date(begin * dayMs);
  return firstDay(date.getUTCFullYear(), date.getUTCMonth() + 1) - begin;
}

/** Every such weekday among `length` days, or the nth of them. */
function listWeekdays(
  { weekday, nth }: { weekday: number; nth: number },
  begin: number,
  length: number,
): number[] {
  const days: number[] = [];
  const first = begin + ((weekday - weekdayOf(begin) + 7) % 7);
  for (let day = first; day < begin + length; day += 7) days.push(day);
  if (nth === 0) return days;
  const day = nth > 0 ? days[nth - 1] : days[days.length + nth];
  return day === undefined ? [] : [day];
}

function fitsDay(rule: Rule, day: number): boolean {
  const isWeekday =
    rule.byDay.length === 0 || rule.byDay.some(({ weekday }) => weekday === weekdayOf(day));
  return isWeekday && fitsMonth(rule, day) && fitsMonthDay(rule, day);
}

function fitsMonth({ byMonth }: Rule, day: number): boolean {
  return byMonth.length === 0 || byMonth.includes(new Date(day * dayMs).getUTCMonth() + 1);
}

function fitsMonthDay({ byMonthDay }: Rule, day: number): boolean {
  if (byMonthDay.length === 0) return true;
  const date = new Date(day * dayMs).getUTCDate();
  const length = lengthOfMonth(day - date + 1);
  return byMonthDay.includes(date) || byMonthDay.includes(date - length - 1);
}

/** BYSETPOS: the nth of the period's days. */
function choose({ bySetPosition }: Rule, days: number[]): number[] {
  if (bySetPosition.length === 0) return days;
  const chosen = bySetPosition.flatMap((n) => days[n > 0 ? n - 1 : days.length + n] ?? []);
  return sort(chosen);
}

function sort(days: number[]): number[] {
  return [...new Set(days)].sort((one, other) => one - other);
}

/** The day of UNTIL as the event's clock shows it; `toWallDay` turns a moment in UTC into one. */
export function lastDayOf(rule: Rule, toWallDay: (moment: Date) => number): number {
  if (rule.until === '') return Number.POSITIVE_INFINITY;
  const day = parseDay(rule.until.slice(0, 8));
  if (!rule.until.endsWith('Z')) return day;
  const [hours, minutes, seconds] = [9, 11, 13].map((at) => Number(rule.until.slice(at, at + 2)));
  const ms = day * dayMs + ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
  return toWallDay(new Date(ms));
}
