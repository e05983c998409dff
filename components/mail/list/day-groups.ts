// Headings above the rows of a list by date: today, yesterday, the week, the month, then months and years. Pure.
import { type DateStyle, dayOf, formatterOf } from '../dates.ts';

export type DayGroup =
  | { kind: 'today' | 'yesterday' | 'this-week' | 'last-week' | 'this-month' | 'later' }
  | { kind: 'month'; text: string }
  | { kind: 'year'; text: string };

const dayMs = 24 * 3600_000;

/** Where a date belongs, seen from `now`, in the person's days and weeks. */
export function groupOf(iso: string, now: Date, style: DateStyle): DayGroup {
  const date = new Date(iso);
  const day = dayNumber(dayOf(date, style));
  const today = dayNumber(dayOf(now, style));
  if (day > today) return { kind: 'later' };
  if (day === today) return { kind: 'today' };
  if (day === today - 1) return { kind: 'yesterday' };
  // 1970-01-01 was a Thursday (4).
  const weekday = (((today + 4 - style.firstWeekday) % 7) + 7) % 7;
  const weekStart = today - weekday;
  if (day >= weekStart) return { kind: 'this-week' };
  if (day >= weekStart - 7) return { kind: 'last-week' };
  const [year, month] = dayOf(date, style).split('-');
  const [thisYear, thisMonth] = dayOf(now, style).split('-');
  if (year === thisYear && month === thisMonth) return { kind: 'this-month' };
  if (year === thisYear) {
    return { kind: 'month', text: formatterOf(style, { month: 'long' }).format(date) };
  }
  return { kind: 'year', text: formatterOf(style, { year: 'numeric' }).format(date) };
}

/** Equal for dates under the same heading. */
export function groupKey(group: DayGroup): string {
  return 'text' in group ? `${group.kind} ${group.text}` : group.kind;
}

function dayNumber(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return Math.floor(Date.UTC(year, month - 1, date) / dayMs);
}
