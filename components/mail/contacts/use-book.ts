// The list of a book, a window at a time: rows are asked for as they come into view, so ten thousand contacts cost no
// more than a screenful.
'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { errorText, getJson, isAborted } from '../state/request.ts';
import {
  type ContactRow,
  contactsPath,
  type GroupRow,
  type ListAnswer,
  rowsAtOnce,
} from './contact-data.ts';

export type Book = {
  /** Null until the first answer */
  total: number | null;
  all: number;
  groups: GroupRow[];
  error: string | null;
  /** The row at an index; undefined while it is on its way */
  rowAt: (index: number) => ContactRow | undefined;
  /** Says which rows are in view */
  show: (first: number, last: number) => void;
  reload: () => void;
};

type Known = { key: string; answer: ListAnswer | null; rows: Map<number, ContactRow> };

/** `start` is what the page came with: the first rows of all contacts. */
export function useBook(search: string, group: string, start: ListAnswer): Book {
  const key = `${group} ${search}`;
  const [known, setKnown] = useState<Known>(() => ({
    key: ' ',
    answer: start,
    rows: new Map(start.rows.map((row, i) => [i, row])),
  }));
  const [error, setError] = useState<string | null>(null);
  const [version, setVersion] = useState(0);
  const asked = useRef(new Set<number>());
  const inView = useRef(0);
  const latest = useRef('');

  const load = useCallback(
    async (block: number, isFirst: boolean) => {
      asked.current.add(block);
      const wanted = latest.current;
      try {
        const answer = await getJson<ListAnswer>(contactsPath, {
          q: search,
          group,
          start: block * rowsAtOnce,
          count: rowsAtOnce,
        });
        if (latest.current !== wanted) return;
        setError(null);
        setKnown((before) => {
          const rows = isFirst ? new Map<number, ContactRow>() : new Map(before.rows);
          for (const [i, row] of answer.rows.entries()) rows.set(answer.start + i, row);
          return { key, answer, rows };
        });
      } catch (failure) {
        asked.current.delete(block);
        if (!isAborted(failure) && latest.current === wanted) setError(errorText(failure));
      }
    },
    [search, group, key],
  );

  const hasStarted = useRef(false);
  useEffect(() => {
    latest.current = `${key} ${version}`;
    asked.current = new Set();
    if (!hasStarted.current && key === ' ' && version === 0) {
      hasStarted.current = true;
      asked.current.add(0);
      return;
    }
    hasStarted.current = true;
    const timer = setTimeout(
      () => void load(Math.floor(inView.current / rowsAtOnce), true),
      search === '' ? 0 : 120,
    );
    return () => clearTimeout(timer);
  }, [key, version, load, search]);

  const show = useCallback(
    (first: number, last: number) => {
      inView.current = first;
      for (let block = Math.floor(first / rowsAtOnce); block * rowsAtOnce <= last; block++) {
        if (!asked.current.has(block)) void load(block, false);
      }
    },
    [load],
  );

  return {
    total: known.answer?.total ?? null,
    all: known.answer?.all ?? 0,
    groups: known.answer?.groups ?? [],
    error,
    rowAt: (index) => known.rows.get(index),
    show,
    reload: useCallback(() => setVersion((each) => each + 1), []),
  };
}
