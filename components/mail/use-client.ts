// Whether the page runs in the browser: dates are drawn in UTC by the server and in the person's zone after that.
'use client';
import { useSyncExternalStore } from 'react';

const never = () => () => {};

/** False while the server draws and while its markup is taken over. */
export function useIsClient(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

/** The zone dates are drawn in: undefined is the browser's own. */
export function useZone(): string | undefined {
  return useIsClient() ? undefined : 'UTC';
}

const wide = '(min-width: 48rem)';

/** True on screens that show list and reader side by side; the server draws for them. */
export function useIsWide(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const query = matchMedia(wide);
      query.addEventListener('change', onChange);
      return () => query.removeEventListener('change', onChange);
    },
    () => matchMedia(wide).matches,
    () => true,
  );
}
