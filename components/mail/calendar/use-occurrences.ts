// What happens on the days in view, from the server, and each as its calendar shows it.
'use client';
import { useCallback, useEffect, useState } from 'react';
import type { Occurrence as StoredOccurrence } from '#lib/calendar/occurrences.ts';
import { errorText, getJson, isAborted } from '../state/request.ts';
import { addDays, toMoment, toWall } from './calendar-days.ts';

export type Occurrence = Omit<StoredOccurrence, 'startsAt' | 'endsAt'> & {
  startsAt: string;
  endsAt: string;
};
/** An occurrence on a day: `start` and `end` are minutes of that day. */
export type Shown = Occurrence & { key: string; start: number; end: number };

/** Occurrences by day; whole days first, then by time. */
export function useOccurrences(days: readonly string[], zone: string | undefined) {
  const [occurrences, setOccurrences] = useState<Occurrence[]>([]);
  const [error, setError] = useState('');
  const [version, setVersion] = useState(0);
  const first = days[0] ?? '';
  const last = days[days.length - 1] ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version is asked for anew
  useEffect(() => {
    const stop = new AbortController();
    const from = toMoment(first, '00:00', zone).toISOString();
    const to = toMoment(addDays(last, 1), '00:00', zone).toISOString();
    const asked = { from, to, zone: zoneName(zone) };
    getJson<{ occurrences: Occurrence[] }>('/api/mail/calendar', asked, stop.signal).then(
      (answer) => {
        setOccurrences(answer.occurrences);
        setError('');
      },
      (failure) => {
        if (!isAborted(failure)) setError(errorText(failure));
      },
    );
    return () => stop.abort();
  }, [first, last, zone, version]);
  return {
    byDay: groupByDay(occurrences, zone, first, last),
    error,
    reload: useCallback(() => setVersion((each) => each + 1), []),
  };
}

/** The zone by name, also that of the browser. */
export function zoneName(zone: string | undefined): string {
  return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function groupByDay(
  occurrences: readonly Occurrence[],
  zone: string | undefined,
  firstDay: string,
  lastDay: string,
): Map<string, Shown[]> {
  const byDay = new Map<string, Shown[]>();
  for (const each of occurrences) {
    const own = each.isAllDay ? 'UTC' : zone;
    const start = toWall(new Date(each.startsAt), own);
    const end = toWall(new Date(each.endsAt), own);
    let day = start.day < firstDay ? firstDay : start.day;
    for (; day <= end.day && day <= lastDay; day = addDays(day, 1)) {
      // One that ends at midnight does not touch that day, unless it is a moment.
      if (day === end.day && end.clock === '00:00' && day !== start.day) break;
      const shown: Shown = {
        ...each,
        key: `${each.id} ${each.time} ${day}`,
        start: day === start.day ? minutesOf(start.clock) : 0,
        end: day === end.day && end.clock !== '00:00' ? minutesOf(end.clock) : 24 * 60,
      };
      if (day === start.day && each.startsAt === each.endsAt) shown.end = shown.start;
      byDay.set(day, [...(byDay.get(day) ?? []), shown]);
    }
  }
  for (const list of byDay.values()) {
    list.sort(
      (one, other) =>
        Number(other.isAllDay) - Number(one.isAllDay) ||
        one.start - other.start ||
        other.end - one.end,
    );
  }
  return byDay;
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}
