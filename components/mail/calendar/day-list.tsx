// Days with their events one below the other: what fits a phone, and paper.
'use client';
import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { formatTime, formatterOf } from '../dates.ts';
import { useDateStyle } from '../use-dates.tsx';
import type { Shown } from './use-occurrences.ts';

export function DayList({
  days,
  today,
  byDay,
  onAdd,
  onOpen,
  className,
}: {
  days: readonly string[];
  today: string;
  byDay: ReadonlyMap<string, Shown[]>;
  onAdd: (day: string) => void;
  onOpen: (shown: Shown) => void;
  className?: string;
}) {
  const t = useTranslations('calendar');
  const style = useDateStyle();
  const name = (day: string) =>
    formatterOf(
      { ...style, zone: 'UTC' },
      { weekday: 'long', day: 'numeric', month: 'long' },
    ).format(new Date(`${day}T00:00:00Z`));
  return (
    <div className={className}>
      {days.map((day) => {
        const list = byDay.get(day) ?? [];
        return (
          <section key={day} aria-label={name(day)} className="border-b">
            <div className="flex items-center justify-between ps-4 pe-2 pt-2">
              <h2 className={joinClasses('font-semibold', day === today && 'text-accent-text')}>
                {name(day)}
              </h2>
              <IconButton
                label={t('newOn', { day: name(day) })}
                icon={<Plus />}
                onClick={() => onAdd(day)}
                className="print:hidden"
              />
            </div>
            {list.length === 0 && <p className="px-4 pb-3 text-sm text-muted">{t('noTime')}</p>}
            <ul className="pb-2">
              {list.map((shown) => (
                <li key={shown.key}>
                  <button
                    type="button"
                    onClick={() => onOpen(shown)}
                    className="flex min-h-11 w-full items-center gap-3 px-4 text-start hover:bg-hover"
                  >
                    <span className="w-20 shrink-0 text-sm text-muted">
                      {shown.isAllDay ? t('allDay') : formatTime(shown.startsAt, style)}
                    </span>
                    <span className="min-w-0">
                      <span
                        className={joinClasses(
                          'block truncate font-medium',
                          shown.answer === 'declined' && 'line-through',
                        )}
                      >
                        {shown.title}
                      </span>
                      {shown.place && (
                        <span className="block truncate text-sm text-muted">{shown.place}</span>
                      )}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
