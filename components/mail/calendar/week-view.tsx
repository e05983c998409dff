// A week or a day with its hours: events lie where their time is, beside one another where they overlap. On a phone and
// on paper the days are a list.
'use client';
import { type MouseEvent, useEffect, useRef } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { formatTime, formatterOf } from '../dates.ts';
import { useDateStyle } from '../use-dates.tsx';
import { DayList } from './day-list.tsx';
import { EventChip, lookOf } from './event-chip.tsx';
import { layOut } from './lay-out.ts';
import type { Shown } from './use-occurrences.ts';

/** Pixels, as the classes of the hours and globals.css say too; the page from the server may have no style attributes. */
const hourHeight = 44;
const hours = Array.from({ length: 24 }, (_, i) => i);

export function WeekView({
  days,
  today,
  byDay,
  onAdd,
  onOpen,
}: {
  days: readonly string[];
  today: string;
  byDay: ReadonlyMap<string, Shown[]>;
  onAdd: (day: string, clock?: string) => void;
  onOpen: (shown: Shown) => void;
}) {
  const style = useDateStyle();
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 7.5 * hourHeight;
  }, []);
  const utc = { ...style, zone: 'UTC' };
  const hourFormat = formatterOf(utc, { hour: 'numeric' });
  const format = (day: string, options: Intl.DateTimeFormatOptions) =>
    formatterOf(utc, options).format(new Date(`${day}T00:00:00Z`));
  const addAt = (event: MouseEvent<HTMLElement>, day: string) => {
    if (event.target !== event.currentTarget) return;
    const top = event.clientY - event.currentTarget.getBoundingClientRect().top;
    const half = Math.max(0, Math.min(47, Math.floor((top / hourHeight) * 2)));
    const clock = `${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 ? '30' : '00'}`;
    onAdd(day, clock);
  };
  const columns =
    days.length === 1
      ? 'grid grid-cols-[3.5rem_minmax(0,1fr)]'
      : 'grid grid-cols-[3.5rem_repeat(7,minmax(0,1fr))]';
  return (
    <>
      <DayList
        days={days}
        today={today}
        byDay={byDay}
        onAdd={onAdd}
        onOpen={onOpen}
        className="min-h-0 flex-1 overflow-y-auto md:hidden print:block"
      />
      <div className="flex min-h-0 flex-1 flex-col max-md:hidden print:hidden">
        <div className={joinClasses(columns, 'border-b pe-3')}>
          <span />
          {days.map((day) => (
            <div key={day} className="min-w-0 border-s p-1">
              <h2
                aria-current={day === today ? 'date' : undefined}
                className={joinClasses(
                  'truncate text-center text-sm',
                  day === today ? 'font-semibold text-accent-text' : 'text-muted',
                )}
              >
                {format(day, { weekday: 'short', day: 'numeric' })}
              </h2>
              <ul className="flex flex-col gap-0.5">
                {(byDay.get(day) ?? [])
                  .filter(({ isAllDay }) => isAllDay)
                  .map((shown) => (
                    <li key={shown.key}>
                      <EventChip shown={shown} onOpen={onOpen} />
                    </li>
                  ))}
              </ul>
            </div>
          ))}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by key */}
        <div ref={scroller} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto">
          <div className={joinClasses(columns, 'relative')}>
            <div aria-hidden>
              {hours.map((hour) => (
                <div key={hour} className="h-[44px] pe-2 text-end text-xs text-muted">
                  {hour > 0 && (
                    <span className="relative -top-2 whitespace-nowrap">
                      {hourFormat.format(hour * 3600_000)}
                    </span>
                  )}
                </div>
              ))}
            </div>
            {days.map((day) => (
              // biome-ignore lint/a11y/noStaticElementInteractions: "New event" does the same by key
              // biome-ignore lint/a11y/useKeyWithClickEvents: as above
              <div
                key={day}
                onClick={(event) => addAt(event, day)}
                className="hour-lines relative border-s"
              >
                {layOut((byDay.get(day) ?? []).filter(({ isAllDay }) => !isAllDay)).map(
                  ({ item, column, columns: count }) => (
                    <button
                      key={item.key}
                      type="button"
                      onClick={() => onOpen(item)}
                      className={joinClasses(
                        'absolute flex flex-col items-stretch justify-start overflow-hidden rounded-sm px-1.5 text-start text-xs hover:brightness-95',
                        lookOf(item),
                      )}
                      style={{
                        top: (item.start / 60) * hourHeight + 1,
                        height: Math.max(20, ((item.end - item.start) / 60) * hourHeight - 2),
                        insetInlineStart: `calc(${(column / count) * 100}% + 1px)`,
                        width: `calc(${100 / count}% - 3px)`,
                      }}
                    >
                      <span className="block truncate font-medium">{item.title}</span>
                      <time className={item.end - item.start < 45 ? 'sr-only' : 'block truncate'}>
                        {formatTime(item.startsAt, style)}
                      </time>
                    </button>
                  ),
                )}
              </div>
            ))}
          </div>
        </div>
      </div>
    </>
  );
}
