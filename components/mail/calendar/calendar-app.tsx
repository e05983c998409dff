// The calendar: month, week or day, what is chosen stands in the address (?view=&day=). Arrows move from day to day,
// letters change the view.
'use client';
import { ChevronLeft, ChevronRight, MoreVertical, Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { FieldError } from '#components/ui/field.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { formatterOf } from '../dates.ts';
import { errorText, postFile } from '../state/request.ts';
import { usePageUndo } from '../state/use-undo.ts';
import { useDateStyle } from '../use-dates.tsx';
import { addDays, daysOf, isDay, step, toWall, type View, weekNumberOf } from './calendar-days.ts';
import type { EventDraft } from './event-draft.ts';
import { MonthView } from './month-view.tsx';
import { type Shown, useOccurrences, zoneName } from './use-occurrences.ts';
import { WeekView } from './week-view.tsx';

const EventDialog = dynamic(async () => (await import('./event-dialog.tsx')).EventDialog);
const EventForm = dynamic(async () => (await import('./event-form.tsx')).EventForm);

const views: View[] = ['month', 'week', 'day'];
const viewKeys: Record<string, View> = { m: 'month', w: 'week', d: 'day' };
const arrows: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** What the address says; the month of today where it says nothing. */
function readPlace(
  query: Pick<URLSearchParams, 'get'>,
  today: string,
): { view: View; day: string } {
  const view = views.find((each) => each === query.get('view')) ?? 'month';
  const day = query.get('day');
  return { view, day: isDay(day) ? day : today };
}

/** `today` is the day as the server knows it ("2026-11-21"). */
export function CalendarApp({ today: serverToday, user }: { today: string; user: string }) {
  const t = useTranslations('calendar');
  const toast = useToast();
  const style = useDateStyle();
  const query = useSearchParams();
  const [today, setToday] = useState(serverToday);
  useEffect(() => setToday(toWall(new Date(), style.zone).day), [style.zone]);
  const { view, day } = readPlace(query, today);
  const days = useMemo(
    () => daysOf(view, day, style.firstWeekday),
    [view, day, style.firstWeekday],
  );
  const remember = usePageUndo(user);
  const { byDay, error, reload } = useOccurrences(days, style.zone);
  const [opened, setOpened] = useState<Shown | null>(null);
  const [draft, setDraft] = useState<EventDraft | null>(null);
  const file = useRef<HTMLInputElement>(null);

  const go = useCallback((nextView: View, nextDay: string) => {
    const next = new URLSearchParams({ view: nextView, day: nextDay });
    window.history.pushState(null, '', `?${next}`);
  }, []);
  const addOn = (on: string, clock?: string) => setDraft({ kind: 'new', day: on, clock });

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement &&
        event.target.closest('input, textarea, select, dialog');
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      // Not what is drawn: keys are faster than that.
      const { view, day } = readPlace(new URLSearchParams(window.location.search), today);
      const wanted = viewKeys[event.key];
      if (wanted) go(wanted, day);
      else if (event.key === 't') go(view, toWall(new Date(), style.zone).day);
      else if (event.key === 'j' || event.key === 'n') go(view, step(view, day, 1));
      else if (event.key === 'k' || event.key === 'p') go(view, step(view, day, -1));
      else if (event.key === 'c') setDraft({ kind: 'new', day });
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [go, today, style.zone]);

  const importFile = async (chosen: File | undefined) => {
    if (!chosen) return;
    try {
      const zone = encodeURIComponent(zoneName(style.zone));
      const { added } = await postFile<{ added: number }>(
        `/api/mail/calendar/import?zone=${zone}`,
        chosen,
      );
      toast.show({ text: t('done.imported', { count: added }) });
      reload();
    } catch (failure) {
      toast.show({ kind: 'error', text: errorText(failure) });
    }
  };
  const utc = { ...style, zone: 'UTC' };
  const nameOf = (on: string, options: Intl.DateTimeFormatOptions) =>
    formatterOf(utc, options).format(new Date(`${on}T00:00:00Z`));
  const heading =
    view === 'month'
      ? nameOf(day, { month: 'long', year: 'numeric' })
      : view === 'day'
        ? nameOf(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
        : // Not formatRange(): server and browser use different spaces in it.
          [days[0] ?? day, days[6] ?? day]
            .map((on) => nameOf(on, { day: 'numeric', month: 'short', year: 'numeric' }))
            .join(' – ');

  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex flex-wrap items-center gap-1.5 border-b p-2 print:border-0">
        <h1 className="me-auto px-2 text-lg font-semibold">
          <span className="sr-only">{t('title')}: </span>
          <bdi aria-live="polite">{heading}</bdi>
          {view === 'week' && (
            <span className="ms-2 text-sm font-normal text-muted">
              {t('weekNumber', { number: weekNumberOf(addDays(days[0] ?? day, 3)) })}
            </span>
          )}
        </h1>
        <div className="flex items-center gap-1.5 print:hidden">
          <IconButton
            label={t('previous')}
            icon={<ChevronLeft className="rtl:-scale-x-100" />}
            onClick={() => go(view, step(view, day, -1))}
          />
          <Button onClick={() => go(view, today)}>{t('today')}</Button>
          <IconButton
            label={t('next')}
            icon={<ChevronRight className="rtl:-scale-x-100" />}
            onClick={() => go(view, step(view, day, 1))}
          />
          <input
            type="date"
            aria-label={t('goTo')}
            value={day}
            onChange={(event) => isDay(event.target.value) && go(view, event.target.value)}
            className="h-8 rounded-md border border-control bg-surface px-2 max-md:hidden pointer-coarse:h-10"
          />
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame */}
        <div role="group" aria-label={t('views')} className="flex rounded-md border print:hidden">
          {views.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={view === each}
              onClick={() => go(each, day)}
              className={joinClasses(
                'h-8 px-3 font-medium pointer-coarse:h-11',
                view === each ? 'bg-accent-soft text-accent-text' : 'hover:bg-hover',
              )}
            >
              {t(each)}
            </button>
          ))}
        </div>
        <div className="flex items-center gap-1.5 print:hidden">
          <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => addOn(day)}>
            {t('new')}
          </Button>
          <Menu
            label={t('more')}
            trigger={(props) => <IconButton label={t('more')} icon={<MoreVertical />} {...props} />}
            items={[
              { label: t('import'), onSelect: () => file.current?.click() },
              {
                label: t('export'),
                onSelect: () =>
                  window.location.assign(
                    `/api/mail/calendar/export?zone=${encodeURIComponent(zoneName(style.zone))}`,
                  ),
              },
              { label: t('print'), onSelect: () => window.print() },
            ]}
          />
          <input
            ref={file}
            type="file"
            accept=".ics,text/calendar"
            aria-label={t('import')}
            hidden
            onChange={(event) => {
              void importFile(event.target.files?.[0]);
              event.target.value = '';
            }}
          />
        </div>
      </header>
      <FieldError>{error}</FieldError>
      <p className="sr-only">{t('keys')}</p>
      {view === 'month' ? (
        <MonthView
          days={days}
          day={day}
          today={today}
          byDay={byDay}
          onDay={(next) => go('month', next)}
          onView={(next) => go('day', next)}
          onKey={(key, from) => {
            const by = arrows[key];
            if (by === undefined) return false;
            const turned = document.documentElement.dir === 'rtl' && Math.abs(by) === 1 ? -by : by;
            go('month', addDays(from, turned));
            return true;
          }}
          onAdd={addOn}
          onOpen={setOpened}
        />
      ) : (
        <WeekView days={days} today={today} byDay={byDay} onAdd={addOn} onOpen={setOpened} />
      )}
      {opened && (
        <EventDialog
          shown={opened}
          onClose={() => setOpened(null)}
          onEdit={(event) => {
            setOpened(null);
            setDraft({ kind: 'edit', event });
          }}
          onChange={reload}
          remember={remember}
        />
      )}
      {draft && <EventForm draft={draft} onClose={() => setDraft(null)} onChange={reload} />}
    </div>
  );
}
