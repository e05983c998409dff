// What the page keeps of lists and messages: plain maps, the oldest entry first. Pure.
import type { MessageRow } from '#lib/webmail/list/message-list.ts';
import type { ListView } from './list-view.ts';
import { withoutRows } from './list-view.ts';

export type Lists = ReadonlyMap<string, ListView>;

/** Identity of a message on this page. */
export function messageKey(folder: string, uid: number): string {
  return `${folder}\u0000${uid}`;
}

/** The lists with the rows of some ids changed. */
export function patchLists(
  lists: Lists,
  ids: ReadonlySet<number>,
  folder: string,
  patch: (row: MessageRow) => MessageRow,
): Map<string, ListView> {
  return new Map(
    [...lists].map(([key, view]) => {
      if (view.folder !== folder || !view.rows.some((row) => ids.has(row.uid))) return [key, view];
      return [
        key,
        { ...view, rows: view.rows.map((row) => (ids.has(row.uid) ? patch(row) : row)) },
      ];
    }),
  );
}

/** Every list of `folder` without some rows. */
export function cutLists(
  lists: Lists,
  ids: ReadonlySet<number>,
  folder: string,
): Map<string, ListView> {
  return new Map(
    [...lists].map(([key, view]) => [key, view.folder === folder ? withoutRows(view, ids) : view]),
  );
}

/** The map with an entry put last, and without its oldest beyond `most`. */
export function keepRecent<T>(
  map: ReadonlyMap<string, T>,
  key: string,
  value: T,
  most: number,
): Map<string, T> {
  const next = new Map(map);
  next.delete(key);
  next.set(key, value);
  for (const oldest of next.keys()) {
    if (next.size <= most) break;
    next.delete(oldest);
  }
  return next;
}
