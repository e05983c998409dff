// Reminders of events, told in any open page of the webmail: a note that stays, and a notice of the browser where the
// person allowed those.
'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useRef } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { Reminder as StoredReminder } from '#lib/calendar/reminder.ts';
import { formatFullDate, formatTime } from '../dates.ts';
import { useDateStyle } from '../use-dates.tsx';
import { toWall } from './calendar-days.ts';

export type Reminder = Omit<StoredReminder, 'startsAt' | 'at'> & { startsAt: string; at: string };

const toldKey = 'drey.reminded';

export function Reminders({ reminders }: { reminders: Reminder[] }) {
  const t = useTranslations('calendar.reminder');
  const toast = useToast();
  const router = useRouter();
  const style = useDateStyle();
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const waiting = timers.current;
    const tell = ({ id, title, startsAt, isAllDay, place }: Reminder) => {
      const key = `${id} ${startsAt}`;
      waiting.delete(key);
      if (!claim(key)) return;
      const start = new Date(startsAt);
      const today = toWall(new Date(), style.zone).day;
      const isToday = toWall(start, style.zone).day === today;
      const text = !isToday
        ? t('later', { title, time: formatFullDate(startsAt, style) })
        : isAllDay
          ? t('today', { title })
          : start.getTime() - Date.now() < 60_000
            ? t('now', { title })
            : t('soon', { title, time: formatTime(startsAt, style) });
      const href = `/calendar?view=day&day=${toWall(start, style.zone).day}`;
      toast.show({
        kind: 'info',
        text: place ? `${text} (${place})` : text,
        durationMs: 10 * 60_000,
        action: { label: t('open'), onClick: () => router.push(href) },
      });
      if ('Notification' in window && Notification.permission === 'granted' && document.hidden) {
        new Notification(text, { body: place, tag: key });
      }
    };
    for (const reminder of reminders) {
      const inMs = Math.max(0, Date.parse(reminder.at) - Date.now());
      const key = `${reminder.id} ${reminder.startsAt}`;
      waiting.set(key, setTimeout(tell, inMs, reminder));
    }
    return () => {
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    };
  }, [reminders, t, toast, router, style]);
  return null;
}

/** True for the first tab that tells a reminder, and once. */
function claim(key: string): boolean {
  try {
    const told: string[] = JSON.parse(localStorage.getItem(toldKey) ?? '[]');
    if (told.includes(key)) return false;
    localStorage.setItem(toldKey, JSON.stringify([...told, key].slice(-100)));
  } catch {
    // Without storage it is told in each tab.
  }
  return true;
}
