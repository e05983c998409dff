// What the page keeps of lists and messages: plain maps, the oldest entry first. Pure.
import type { MessagePage, MessageRow } from '#lib/webmail/list/message-list.ts';
import type { Place } from './place.ts';

/** Identity of a list: folder, search, order and page. */
export function listKey(place: Place): string {
  return [place.folder, place.query, place.sort, place.page].join('\u0000');
}

/** Identity of a message on this page. */
export function messageKey(folder: string, uid: number): string {
  return `${folder}\u0000${uid}`;
}

/** Every list of `folder` with its rows changed. */
export function mapLists(
  lists: Map<string, MessagePage>,
  folder: string,
  change: (row: MessageRow) => MessageRow,
): Map<string, MessagePage> {
  const next = new Map(lists);
  for (const [key, value] of lists) {
    if (value.folder === folder) next.set(key, { ...value, rows: value.rows.map(change) });
  }
  return next;
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

/** Every list of `folder` without some rows, and with its total lower by as many. */
export function withoutRows(
  lists: ReadonlyMap<string, MessagePage>,
  folder: string,
  gone: ReadonlySet<number>,
): Map<string, MessagePage> {
  const next = new Map(lists);
  for (const [key, value] of lists) {
    if (value.folder !== folder) continue;
    const rows = value.rows.filter((row) => !gone.has(row.uid));
    next.set(key, { ...value, rows, total: value.total - (value.rows.length - rows.length) });
  }
  return next;
}
