// Days of a calendar as text ("2026-11-21"), so that calculating with them knows no zone. Pure.

const dayMs = 24 * 3600_000;

export type View = 'month' | 'week' | 'day';

function parse(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** Whether a text is a day that a calendar shows. */
export function isDay(text: string | null): text is string {
  if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

export function addDays(day: string, days: number): string {
  return new Date(parse(day) + days * dayMs).toISOString().slice(0, 10);
}

/** The same date so many months later, or the last day of that month. */
export function addMonths(day: string, months: number): string {
  const date = new Date(parse(day));
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last));
  return date.toISOString().slice(0, 10);
}

/** 0 = Sunday */
export function weekdayOf(day: string): number {
  return new Date(parse(day)).getUTCDay();
}

/** The first day of the week that a day is in. */
export function weekOf(day: string, firstWeekday: number): string {
  return addDays(day, -((weekdayOf(day) - firstWeekday + 7) % 7));
}

/** The days a view shows: whole weeks for a month. */
export function daysOf(view: View, day: string, firstWeekday: number): string[] {
  if (view === 'day') return [day];
  const start = weekOf(view === 'week' ? day : `${day.slice(0, 7)}-01`, firstWeekday);
  let length = 7;
  if (view === 'month') {
    while (addDays(start, length).slice(0, 7) <= day.slice(0, 7)) length += 7;
  }
  return Array.from({ length }, (_, i) => addDays(start, i));
}

/** Where "Earlier" and "Later" lead. */
export function step(view: View, day: string, by: 1 | -1): string {
  if (view === 'month') return addMonths(day, by);
  return addDays(day, view === 'week' ? by * 7 : by);
}

/** ISO 8601 number of the week a day is in. */
export function weekNumberOf(day: string): number {
  const thursday = addDays(day, 3 - ((weekdayOf(day) + 6) % 7));
  const first = parse(`${thursday.slice(0, 4)}-01-01`);
  return Math.floor((parse(thursday) - first) / dayMs / 7) + 1;
}

/** A day and a clock ("09:30") in a zone as a moment; a time that is skipped is the one after the gap. */
export function toMoment(day: string, clock: string, zone: string | undefined): Date {
  const wall = Date.parse(`${day}T${clock}:00Z`);
  const offsetAt = (ms: number) => wallOf(ms, zone) - ms;
  const before = wall - offsetAt(wall - dayMs);
  if (wallOf(before, zone) === wall) return new Date(before);
  const after = wall - offsetAt(wall + dayMs);
  return new Date(wallOf(after, zone) === wall ? after : before);
}

function wallOf(ms: number, zone: string | undefined): number {
  return Date.parse(`${textOf(new Date(ms), zone).replace(' ', 'T')}Z`);
}

/** "2026-11-21 09:30:00" as a zone's calendar and clock show it. */
function textOf(date: Date, zone: string | undefined): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(date);
}

/** Day and clock of a moment in a zone. */
export function toWall(date: Date, zone: string | undefined): { day: string; clock: string } {
  const text = textOf(date, zone);
  return { day: text.slice(0, 10), clock: text.slice(11, 16) };
}
