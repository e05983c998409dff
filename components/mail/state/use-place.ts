// The place of the page and the steps between places, one with the browser's history. The page is at a place as soon as it
// is asked for; the history follows step by step, for Back takes its moment.
'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Habits, type Place, readPlace, toUrl } from './place.ts';

/** Where a browser takes longer, Back leads nowhere of ours. */
const goBackWithinMs = 3000;

/**
 * `go` steps to a place; `close` leaves the open message; `leave` does what leads to another page; `placeNow` gives the
 * place without waiting for React.
 */
export function usePlace(start: () => Place, habits: Habits) {
  // Kept here and not read from the router, which would show a step only after a transition.
  const [place, setPlace] = useState(start);
  const latest = useRef(place);
  const habit = useRef(habits);
  habit.current = habits;
  const show = useCallback((next: Place) => {
    latest.current = next;
    setPlace(next);
  }, []);
  const { step, goBack, isWaiting } = useSteps();
  useEffect(() => {
    const follow = () => {
      const { pathname, search } = window.location;
      // What was asked for since is another place than the one that Back has come to.
      if (isWaiting() || !/^\/mail(?:\/|$)/.test(pathname)) return;
      show(readPlace(pathname, new URLSearchParams(search), habit.current));
    };
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, [show, isWaiting]);

  const go = useCallback(
    (next: Partial<Place>, isReplaced = false) => {
      const before = latest.current;
      const after = { ...before, ...next };
      if (next.folder !== undefined && next.folder !== before.folder) {
        // Another folder begins in the order the person calls normal, and whole.
        after.sort = habit.current.sort;
        after.filter = next.filter ?? null;
      }
      show(after);
      const url = toUrl(after, habit.current);
      const isOpening = Boolean(next.uid) && before.uid === null;
      step(() => {
        if (isReplaced) window.history.replaceState({ dreyOpened: wasOpened() }, '', url);
        else window.history.pushState({ dreyOpened: isOpening }, '', url);
      });
    },
    [show, step],
  );

  /** Closes the message the way Back does, where Back would. */
  const close = useCallback(() => {
    if (latest.current.uid === null) return;
    const after = { ...latest.current, uid: null };
    show(after);
    const url = toUrl(after, habit.current);
    step(() => {
      const closeInPlace = () => window.history.replaceState({ dreyOpened: false }, '', url);
      if (wasOpened()) goBack(closeInPlace);
      else closeInPlace();
    });
  }, [show, step, goBack]);

  const placeNow = useCallback(() => latest.current, []);
  return { place, placeNow, go, close, leave: step };
}

/** Whether the open message was opened from the list that lies one step back. */
function wasOpened(): boolean {
  return (window.history.state as { dreyOpened?: boolean } | null)?.dreyOpened === true;
}

/** Steps in the history, each behind the one before: what overtakes Back is undone by it. */
function useSteps() {
  const waiting = useRef<(() => void)[]>([]);
  const isGoingBack = useRef(false);
  const proceed = useCallback(() => {
    while (!isGoingBack.current) {
      const next = waiting.current.shift();
      if (!next) return;
      next();
    }
  }, []);
  const step = useCallback(
    (take: () => void) => {
      waiting.current.push(take);
      proceed();
    },
    [proceed],
  );
  /** One back, for a step to take; `orElse` where that leads nowhere. */
  const goBack = useCallback(
    (orElse: () => void) => {
      isGoingBack.current = true;
      // Behind everybody else who hears of it.
      const settle = () => void setTimeout(end, 0);
      const end = () => {
        clearTimeout(timer);
        window.removeEventListener('popstate', settle);
        isGoingBack.current = false;
        proceed();
      };
      const timer = setTimeout(() => {
        orElse();
        end();
      }, goBackWithinMs);
      window.addEventListener('popstate', settle, { once: true });
      window.history.back();
    },
    [proceed],
  );
  const isWaiting = useCallback(() => waiting.current.length > 0, []);
  return { step, goBack, isWaiting };
}
