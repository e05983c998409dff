// A moment as a short text in the person's style of dates.
'use client';
import { formatFullDate } from '../dates.ts';
import { useDateStyle } from '../use-dates.tsx';

/** "Sun 3 May 2026 14:05" */
export function useMoment(): (date: Date) => string {
  const style = useDateStyle();
  return (date) => formatFullDate(date.toISOString(), style);
}
