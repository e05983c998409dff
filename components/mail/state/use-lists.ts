// The lists the page knows, and the one that is open: shown from what is known, fetched in stretches, fetched again when
// something changed. While an action runs, older answers are not believed: they would bring back what it took away.
'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { MessagePage } from '#lib/webmail/list/message-list.ts';
import {
  joinPage,
  type ListView,
  listKey,
  nextStretch,
  refreshStretch,
  viewOf,
} from './list-view.ts';
import { keepRecent, type Lists } from './mail-cache.ts';
import type { Place } from './place.ts';
import { errorText, getJson, isAborted } from './request.ts';

const keptLists = 12;
/** A list scrolled through quickly is fetched where it comes to rest; a jump is fetched at once. */
const restMs = 60;

export type ListHabits = {
  /** Pages are turned; else the list scrolls without end */
  isPaged: boolean;
  pageSize: number;
  withPriority: boolean;
  /** One row for each conversation */
  isThreaded: boolean;
};

export function useLists({
  start,
  place,
  placeNow,
  habits,
  onFresh,
}: {
  start: MessagePage;
  place: Place;
  placeNow: () => Place;
  habits: ListHabits;
  /** Told of each answer for the open list that replaced what was known */
  onFresh: (before: ListView | undefined, after: ListView) => void;
}) {
  const isPaged = habits.isPaged && place.page !== 0;
  const [lists, setLists] = useState<Lists>(
    () => new Map([[listKey(place, isPaged), viewOf(start)]]),
  );
  const [error, setError] = useState<string | null>(null);
  const latest = useRef({ lists, habits, onFresh });
  latest.current = { lists, habits, onFresh };
  // Answers asked for before an action ended would bring back what it took away.
  const actions = useRef({ count: 0, open: 0 });
  const seen = useRef({ first: 0, last: 0 });
  const pending = useRef<{ key: string; abort: AbortController } | null>(null);

  const keyOf = useCallback(
    (at: Place) => listKey(at, latest.current.habits.isPaged && at.page !== 0),
    [],
  );

  const load = useCallback(
    async (at: Place, offset: number, limit: number, snapshot: string, signal?: AbortSignal) => {
      const key = keyOf(at);
      const before = actions.current.count;
      const parameters = {
        folder: at.folder,
        offset,
        limit,
        sort: at.sort,
        q: at.query,
        ...(at.filter ? { filter: at.filter } : {}),
        ...(snapshot ? { snapshot } : {}),
        ...(latest.current.habits.withPriority ? { priority: 1 } : {}),
        ...(latest.current.habits.isThreaded ? { threads: 1 } : {}),
      };
      try {
        const page = await getJson<MessagePage>('/api/mail/list', parameters, signal);
        // An action began or ended meanwhile: its own refresh follows.
        if (before !== actions.current.count || actions.current.open > 0) return;
        const known = latest.current.lists.get(key);
        const next = snapshot ? joinPage(known, page) : viewOf(page);
        setLists((all) => keepRecent(all, key, next, keptLists));
        if (key === keyOf(placeNow())) {
          setError(null);
          if (!snapshot) latest.current.onFresh(known, next);
        }
      } catch (failure) {
        if (!isAborted(failure) && key === keyOf(placeNow())) setError(errorText(failure));
      }
    },
    [keyOf, placeNow],
  );

  /** The open list once more, around what is seen. */
  const reload = useCallback(
    (signal?: AbortSignal) => {
      const at = placeNow();
      const { isPaged: mayPage, pageSize } = latest.current.habits;
      if (mayPage && at.page !== 0) {
        return load(at, (at.page - 1) * pageSize, pageSize, '', signal);
      }
      const { offset, limit } = refreshStretch(seen.current.first, seen.current.last);
      return load(at, offset, limit, '', signal);
    },
    [load, placeNow],
  );

  // Another list is fetched even where an old one can be shown meanwhile.
  const { folder, query, sort, page, filter = null } = place;
  const isFirst = useRef(true);
  const { pageSize, withPriority, isThreaded } = habits;
  // biome-ignore lint/correctness/useExhaustiveDependencies: reload() reads the place; these say when it is another
  useEffect(() => {
    setError(null);
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    seen.current = { first: 0, last: 0 };
    const abort = new AbortController();
    void reload(abort.signal);
    return () => abort.abort();
  }, [folder, query, filter, sort, page, isPaged, pageSize, withPriority, isThreaded, reload]);

  const rest = useRef<ReturnType<typeof setTimeout> | null>(null);
  const lastFarAt = useRef(Number.NEGATIVE_INFINITY);
  /** Told by the list which rows are seen: fetches what is missing there, and a little more. */
  const show = useCallback(
    (first: number, last: number) => {
      seen.current = { first, last };
      const at = placeNow();
      const { isPaged: mayPage } = latest.current.habits;
      if (mayPage && at.page !== 0) return;
      const key = keyOf(at);
      const view = latest.current.lists.get(key);
      const wanted = view && nextStretch(view, first, last);
      if (!view || !wanted) return;
      const isFar = first >= view.start + view.rows.length || last < view.start;
      const begin = () => {
        if (pending.current?.key === key) {
          if (!isFar) return;
          pending.current.abort.abort();
        }
        const abort = new AbortController();
        const mine = { key, abort };
        pending.current = mine;
        void load(at, wanted.offset, wanted.limit, view.snapshot, abort.signal).finally(() => {
          if (pending.current === mine) pending.current = null;
        });
      };
      if (rest.current) clearTimeout(rest.current);
      rest.current = null;
      if (!isFar) return begin();
      const isJump = performance.now() - lastFarAt.current > restMs;
      lastFarAt.current = performance.now();
      if (isJump) begin();
      else rest.current = setTimeout(begin, restMs);
    },
    [keyOf, load, placeNow],
  );

  const beginAction = useCallback(() => {
    actions.current.count++;
    actions.current.open++;
  }, []);
  const endAction = useCallback(() => {
    actions.current.open--;
    actions.current.count++;
  }, []);
  const isActing = useCallback(() => actions.current.open > 0, []);

  return {
    lists,
    setLists,
    list: lists.get(listKey(place, isPaged)) ?? null,
    isPaged,
    error,
    reload,
    show,
    beginAction,
    endAction,
    isActing,
  };
}
