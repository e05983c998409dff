// An event in a month or in a row of whole days: its time and title, as a button.
'use client';
import { joinClasses } from '#components/ui/class-names.ts';
import { formatTime } from '../dates.ts';
import { useDateStyle } from '../use-dates.tsx';
import type { Shown } from './use-occurrences.ts';

/** Colours say nothing alone: a declined event is struck through, an urgent one has a mark. */
export function lookOf({ answer, isAllDay }: Pick<Shown, 'answer' | 'isAllDay'>): string {
  if (answer === 'declined') return 'text-muted line-through';
  if (answer === 'tentative') return 'border border-dashed border-control';
  return isAllDay ? 'bg-info-soft text-info-text' : 'bg-accent-soft text-accent-text';
}

export function EventChip({ shown, onOpen }: { shown: Shown; onOpen: (shown: Shown) => void }) {
  const style = useDateStyle();
  const isUrgent = shown.priority > 0 && shown.priority < 5;
  return (
    <button
      type="button"
      onClick={() => onOpen(shown)}
      className={joinClasses(
        'flex w-full min-w-0 items-baseline gap-1 rounded-sm px-1.5 text-start text-xs leading-5 hover:brightness-95',
        lookOf(shown),
      )}
    >
      {!shown.isAllDay && <time className="shrink-0">{formatTime(shown.startsAt, style)}</time>}
      {isUrgent && <span className="shrink-0 font-bold">!</span>}
      <span className="truncate">{shown.title}</span>
    </button>
  );
}
