// The place of the page and the steps between places, one with the browser's history.
'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Habits, type Place, readPlace, toUrl } from './place.ts';

const goBackWithinMs = 700;

/** `go` steps to a place; `close` leaves the open message; `placeNow` gives the place without waiting for React. */
export function usePlace(start: () => Place, habits: Habits) {
  // Kept here and not read from the router, which would show a step only after a transition.
  const [place, setPlace] = useState(start);
  const latest = useRef(place);
  const habit = useRef(habits);
  habit.current = habits;
  useEffect(() => {
    const follow = () => {
      const { pathname, search } = window.location;
      if (!/^\/mail(?:\/|$)/.test(pathname)) return;
      latest.current = readPlace(pathname, new URLSearchParams(search), habit.current);
      setPlace(latest.current);
    };
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, []);

  // Going back takes a moment; what is asked for meanwhile waits, or Back would undo that instead.
  const isGoingBack = useRef(false);
  const go = useCallback((next: Partial<Place>, isReplaced = false) => {
    if (isGoingBack.current) {
      window.addEventListener('popstate', () => setTimeout(() => go(next, isReplaced), 0), {
        once: true,
      });
      return;
    }
    const before = latest.current;
    const after = { ...before, ...next };
    if (next.folder !== undefined && next.folder !== before.folder) {
      // Another folder begins in the order the person calls normal, and whole.
      after.sort = habit.current.sort;
      after.filter = next.filter ?? null;
    }
    const url = toUrl(after, habit.current);
    latest.current = after;
    setPlace(after);
    const dreyOpened = isReplaced ? wasOpened() : Boolean(next.uid) && before.uid === null;
    if (isReplaced) window.history.replaceState({ dreyOpened }, '', url);
    else window.history.pushState({ dreyOpened }, '', url);
  }, []);

  /** Closes the message the way Back does, where Back would. */
  const close = useCallback(() => {
    if (isGoingBack.current) return;
    if (!wasOpened()) {
      go({ uid: null }, true);
      return;
    }
    isGoingBack.current = true;
    const settle = () => {
      clearTimeout(timer);
      isGoingBack.current = false;
    };
    // Where Back leads nowhere of ours, the message is closed in place.
    const timer = setTimeout(() => {
      window.removeEventListener('popstate', settle);
      isGoingBack.current = false;
      go({ uid: null }, true);
    }, goBackWithinMs);
    window.addEventListener('popstate', settle, { once: true });
    window.history.back();
  }, [go]);

  const placeNow = useCallback(() => latest.current, []);
  return { place, placeNow, go, close };
}

/** Whether the open message was opened from the list that lies one step back. */
function wasOpened(): boolean {
  return (window.history.state as { dreyOpened?: boolean } | null)?.dreyOpened === true;
}
