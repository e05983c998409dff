// A month as weeks; on a phone the days carry a mark and the chosen day's events stand below.
'use client';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { formatterOf } from '../dates.ts';
import { useDateStyle } from '../use-dates.tsx';
import { DayList } from './day-list.tsx';
import { EventChip } from './event-chip.tsx';
import type { Shown } from './use-occurrences.ts';

const shownAtMost = 4;

export function MonthView({
  days,
  day,
  today,
  byDay,
  onDay,
  onView,
  onKey,
  onAdd,
  onOpen,
}: {
  days: readonly string[];
  /** The chosen one */
  day: string;
  today: string;
  byDay: ReadonlyMap<string, Shown[]>;
  onDay: (day: string) => void;
  onView: (day: string) => void;
  /** True where the key was one of this view */
  onKey: (key: string, from: string) => boolean;
  onAdd: (day: string) => void;
  onOpen: (shown: Shown) => void;
}) {
  const t = useTranslations('calendar');
  const style = useDateStyle();
  const grid = useRef<HTMLTableElement>(null);
  const hasKey = useRef(false);
  useEffect(() => {
    if (!hasKey.current) return;
    hasKey.current = false;
    grid.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
  }, [day]);
  const format = (on: string, options: Intl.DateTimeFormatOptions) =>
    formatterOf({ ...style, zone: 'UTC' }, options).format(new Date(`${on}T00:00:00Z`));
  const onKeyDown = (event: KeyboardEvent, on: string) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') onAdd(on);
    else if (onKey(event.key, on)) hasKey.current = true;
    else return;
    event.preventDefault();
  };
  const weeks = Array.from({ length: days.length / 7 }, (_, i) => days.slice(i * 7, i * 7 + 7));
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <table ref={grid} className="w-full flex-1 table-fixed border-collapse">
        <thead>
          <tr>
            {days.slice(0, 7).map((on) => (
              <th key={on} scope="col" className="h-8 border-b text-sm font-medium text-muted">
                <abbr title={format(on, { weekday: 'long' })} className="no-underline">
                  {format(on, { weekday: 'short' })}
                </abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((on) => {
                const list = byDay.get(on) ?? [];
                const more = list.length - shownAtMost;
                return (
                  <td
                    key={on}
                    onDoubleClick={() => onAdd(on)}
                    className={joinClasses(
                      'border-b border-e p-0.5 align-top last:border-e-0 md:h-28',
                      on.slice(0, 7) !== day.slice(0, 7) && 'bg-sunken',
                    )}
                  >
                    <button
                      type="button"
                      data-day={on}
                      tabIndex={on === day ? 0 : -1}
                      aria-label={format(on, { weekday: 'long', day: 'numeric', month: 'long' })}
                      aria-current={on === today ? 'date' : undefined}
                      aria-pressed={on === day}
                      onClick={() => onDay(on)}
                      onKeyDown={(event) => onKeyDown(event, on)}
                      className={joinClasses(
                        'flex size-7 items-center justify-center rounded-full text-sm max-md:mx-auto max-md:size-11 max-md:flex-col',
                        on === today && 'bg-accent font-semibold text-on-accent',
                        on === day && on !== today && 'outline-2 outline-accent -outline-offset-2',
                      )}
                    >
                      {format(on, { day: 'numeric' })}
                      {list.length > 0 && (
                        <span aria-hidden className="size-1.5 rounded-full bg-current md:hidden" />
                      )}
                    </button>
                    <ul className="flex flex-col gap-0.5 max-md:hidden">
                      {list.slice(0, more > 1 ? shownAtMost - 1 : shownAtMost).map((shown) => (
                        <li key={shown.key}>
                          <EventChip shown={shown} onOpen={onOpen} />
                        </li>
                      ))}
                    </ul>
                    {more > 0 && (
                      <button
                        type="button"
                        className="px-1.5 text-xs text-muted hover:text-ink max-md:hidden"
                        onClick={() => onView(on)}
                      >
                        {t('moreEvents', { count: list.length - shownAtMost + (more > 1 ? 1 : 0) })}
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <DayList
        days={[day]}
        today={today}
        byDay={byDay}
        onAdd={onAdd}
        onOpen={onOpen}
        className="md:hidden"
      />
    </div>
  );
}
