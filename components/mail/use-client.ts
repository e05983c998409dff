// What the server cannot know while it draws: that it is the browser, and how wide that is.
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

const coarse = '(pointer: coarse)';

/** True where fingers point; the server draws for a mouse. */
export function useIsCoarse(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const query = matchMedia(coarse);
      query.addEventListener('change', onChange);
      return () => query.removeEventListener('change', onChange);
    },
    () => matchMedia(coarse).matches,
    () => false,
  );
}
