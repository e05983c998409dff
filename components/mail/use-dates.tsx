// The style of dates of whoever looks at the page. The server draws in the zone it knows (chosen, or of the last visit);
// the browser corrects it and remembers its zone in a cookie for the next time.
'use client';
import { useLocale, useTimeZone } from 'next-intl';
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { type DateStyle, firstWeekdayOf } from './dates.ts';
import { usePreferences } from './state/preferences.tsx';
import { useIsClient } from './use-client.ts';

const Region = createContext<string | null>(null);
const weekdays = { sunday: 0, monday: 1, saturday: 6 } as const;
const yearSeconds = 365 * 24 * 3600;

/** `region`: the language as the browser asks for it, "en-US"; both sides must draw the same. */
export function DatesProvider({ region, children }: { region: string; children: ReactNode }) {
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Safari and Firefox
    document.cookie = `drey.zone=${zone}; path=/; max-age=${yearSeconds}; samesite=lax`;
  }, []);
  return <Region value={region}>{children}</Region>;
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
