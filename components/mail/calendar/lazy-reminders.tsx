// Asks the server some seconds after the page, every ten minutes, and when the page is looked at again, which events are
// about to happen; the code that tells of them comes where there are any.
'use client';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { loadWithTexts } from '../more-texts.tsx';
import { getJson } from '../state/request.ts';
import { useDateStyle } from '../use-dates.tsx';
import type { Reminder } from './reminders.tsx';

const Reminders = dynamic(
  loadWithTexts(['calendar'], () => import('./reminders.tsx').then((file) => file.Reminders)),
  { ssr: false },
);
const delayMs = 3000;
const everyMs = 10 * 60_000;

export function LazyReminders() {
  const { zone = Intl.DateTimeFormat().resolvedOptions().timeZone } = useDateStyle();
  const [reminders, setReminders] = useState<Reminder[]>([]);
  useEffect(() => {
    const ask = async () => {
      const path = '/api/mail/calendar/reminders';
      const answer = await getJson<{ reminders: Reminder[] }>(path, { zone }).catch(() => null);
      if (answer) setReminders(answer.reminders);
    };
    const onVisible = () => {
      if (document.visibilityState === 'visible') void ask();
    };
    const first = setTimeout(() => void ask(), delayMs);
    const interval = setInterval(() => void ask(), everyMs);
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      clearTimeout(first);
      clearInterval(interval);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [zone]);
  return reminders.length > 0 ? <Reminders reminders={reminders} /> : null;
}
