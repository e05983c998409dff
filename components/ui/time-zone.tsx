// In which zone dates are shown: that of the service where the setting server.timeZone names one, so that all
// administrators read the same; else the reader's own, which the server does not know and draws as UTC.
'use client';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';

const Zone = createContext('');

/** For everything inside; `zone` is a name such as "Europe/Berlin", or empty for the reader's own. */
export function TimeZone({ zone, children }: { zone: string; children: ReactNode }) {
  return <Zone value={zone}>{children}</Zone>;
}

/** For Intl: undefined is the reader's own. `isAssumed` as long as the browser has not said it. */
export function useTimeZone(): { timeZone: string | undefined; isAssumed: boolean } {
  const zone = useContext(Zone);
  const [isHere, setIsHere] = useState(false);
  useEffect(() => setIsHere(true), []);
  if (zone !== '') return { timeZone: zone, isAssumed: false };
  return isHere ? { timeZone: undefined, isAssumed: false } : { timeZone: 'UTC', isAssumed: true };
}
