// The style of dates of whoever looks at the page, and the present. The server draws in the zone it knows (chosen, or of the
// last visit) and with its own clock; the browser corrects both and remembers its zone in a cookie for the next time.
'use client';
import { useLocale, useTimeZone } from 'next-intl';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { type DateStyle, firstWeekdayOf } from './dates.ts';
import { usePreferences } from './state/preferences.tsx';
import { useIsClient } from './use-client.ts';

const Region = createContext<string | null>(null);
const Now = createContext(new Date(0));
const weekdays = { sunday: 0, monday: 1, saturday: 6 } as const;
const yearSeconds = 365 * 24 * 3600;
const minuteMs = 60_000;

/**
 * `region`: the language as the browser asks for it, "en-US"; `now`: when the server drew the page. Both sides must draw
 * the same, also around midnight.
 */
export function DatesProvider({
  region,
  now,
  children,
}: {
  region: string;
  now: Date;
  children: ReactNode;
}) {
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Safari and Firefox
    document.cookie = `drey.zone=${zone}; path=/; max-age=${yearSeconds}; samesite=lax`;
  }, []);
  return (
    <Region value={region}>
      <Now value={useMinute(now)}>{children}</Now>
    </Region>
  );
}

function useMinute(start: Date): Date {
  const [now, setNow] = useState(start);
  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== 'visible') return;
      const next = new Date();
      // Nothing is drawn again within the minute.
      setNow((known) => (minuteOf(known) === minuteOf(next) ? known : next));
    };
    look();
    const timer = setInterval(look, minuteMs);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function minuteOf(date: Date): number {
  return Math.floor(date.getTime() / minuteMs);
}

/** The present minute: "today" and "5 minutes ago" move on while the page is open. */
export function useNow(): Date {
  return useContext(Now);
}

export function useDateStyle(): DateStyle {
  const isClient = useIsClient();
  const known = useTimeZone();
  const region = useContext(Region);
  const language = useLocale();
  const { preferences } = usePreferences();
  const chosen = preferences['display.timeZone'];
  const hours = preferences['display.hours'];
  const format = preferences['display.dateFormat'];
  const first = preferences['display.firstWeekday'];
  return useMemo(() => {
    const locale = region ?? language;
    return {
      locale,
      zone: chosen !== 'auto' ? chosen : isClient ? undefined : (known ?? 'UTC'),
      hours,
      format,
      firstWeekday: first === 'auto' ? firstWeekdayOf(locale) : weekdays[first],
    };
  }, [region, language, chosen, isClient, known, hours, format, first]);
}
