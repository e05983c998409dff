// What the page keeps of a list: how long it is, and one stretch of its rows. Scrolling on lengthens the stretch at one
// end and cuts it at the other, so that a folder of any size costs the same memory. Pure.
import type { MessagePage, MessageRow } from '#lib/webmail/list/message-list.ts';
import type { Place } from './place.ts';
import { rowId } from './row-id.ts';

export type ListView = {
  folder: string;
  uidValidity: string;
  total: number;
  snapshot: string;
  /** Place of the first row kept, from 0 */
  start: number;
  rows: MessageRow[];
};

/** Rows asked for at once while scrolling. */
export const stretch = 50;
const mostRows = 400;
const mostAtOnce = 200;

/** Identity of a list: folder, search, filter, order, and the page where pages are turned. */
export function listKey(place: Place, isPaged: boolean): string {
  const page = isPaged ? place.page : 0;
  return [place.folder, place.query, place.filter ?? '', place.sort, page].join('\u0000');
}

/** A list as the server gave it, where there is nothing to join it to. */
export function viewOf(page: MessagePage): ListView {
  const { folder, uidValidity, total, snapshot, offset } = page;
  const rows = page.rows.map((row) =>
    row.folder === undefined ? row : { ...row, uid: rowId(row.folder, row.uid, folder) },
  );
  return { folder, uidValidity, total, snapshot, start: offset, rows };
}

/** True of a list over several folders: there is no UIDVALIDITY of all of them. */
export function isAcross({ uidValidity }: Pick<ListView, 'uidValidity'>): boolean {
  return uidValidity === '';
}

/** The list with a stretch put to it: joined where both touch and nothing has moved, in its place else. */
export function joinPage(view: ListView | undefined, page: MessagePage): ListView {
  const fresh = viewOf(page);
  if (!view || view.snapshot !== fresh.snapshot || view.uidValidity !== fresh.uidValidity) {
    return fresh;
  }
  const end = view.start + view.rows.length;
  const freshEnd = fresh.start + fresh.rows.length;
  if (fresh.start > end || freshEnd < view.start) return fresh;
  const before = view.rows.slice(0, Math.max(0, fresh.start - view.start));
  const after = freshEnd < end ? view.rows.slice(freshEnd - view.start) : [];
  const rows = [...before, ...fresh.rows, ...after];
  const start = Math.min(view.start, fresh.start);
  const over = rows.length - mostRows;
  if (over <= 0) return { ...fresh, start, rows };
  // What is cut lies at the end away from where the person scrolls to.
  return fresh.start > view.start
    ? { ...fresh, start: start + over, rows: rows.slice(over) }
    : { ...fresh, start, rows: rows.slice(0, mostRows) };
}

/** The row at a place of the list, or null where it is not loaded. */
export function rowAt(view: ListView, index: number): MessageRow | null {
  return view.rows[index - view.start] ?? null;
}

/** The place of a loaded row in the list, or -1. */
export function indexOfRow(view: ListView, id: number): number {
  const at = view.rows.findIndex((row) => row.uid === id);
  return at < 0 ? -1 : view.start + at;
}

export type Stretch = { offset: number; limit: number };

/**
 * What to fetch while the rows `first` to `last` are seen: nothing while they lie well inside what is loaded, the next
 * stretch from 70 % of it on, and a new one around them where they lie outside.
 */
export function nextStretch(view: ListView, first: number, last: number): Stretch | null {
  const end = view.start + view.rows.length;
  const seenEnd = Math.min(last + 1, view.total);
  if (view.total === 0 || seenEnd <= first) return null;
  if (first < view.start || seenEnd > end) {
    const offset = Math.max(0, first - stretch / 2);
    const limit = Math.min(Math.max(seenEnd - offset + stretch / 2, stretch), mostAtOnce);
    // Just past the edge it joins on.
    if (first >= view.start && first < end) return below(view, end);
    if (seenEnd > view.start && seenEnd <= end) return above(view);
    return { offset, limit };
  }
  const margin = view.rows.length * 0.3;
  if (end < view.total && seenEnd > end - margin) return below(view, end);
  if (view.start > 0 && first < view.start + margin) return above(view);
  return null;
}

function below(view: ListView, end: number): Stretch {
  return { offset: end, limit: Math.min(stretch, view.total - end) };
}

function above(view: ListView): Stretch {
  const offset = Math.max(0, view.start - stretch);
  return { offset, limit: view.start - offset };
}

/** What to fetch again after something changed: around the rows that are seen. */
export function refreshStretch(first: number, last: number): Stretch {
  const offset = Math.max(0, first - stretch / 2);
  return { offset, limit: Math.min(Math.max(last - offset + stretch / 2, stretch), mostAtOnce) };
}

/** The list without some rows, and shorter by as many. */
export function withoutRows(view: ListView, gone: ReadonlySet<number>): ListView {
  const rows = view.rows.filter((row) => !gone.has(row.uid));
  return { ...view, rows, total: view.total - (view.rows.length - rows.length) };
}

/** Ids of `selected` that a fresh list shows to be gone: they stood where both lists have rows. */
export function findGone(
  before: ListView | undefined,
  after: ListView,
  selected: ReadonlySet<number>,
): Set<number> {
  const gone = new Set<number>();
  if (!before || before.uidValidity !== after.uidValidity) return gone;
  const present = new Set(after.rows.map((row) => row.uid));
  const slack = Math.abs(after.total - before.total) + 5;
  const isWhole = after.start === 0 && after.rows.length >= after.total;
  before.rows.forEach((row, at) => {
    if (!selected.has(row.uid) || present.has(row.uid)) return;
    const index = before.start + at;
    const isCovered =
      (after.start === 0 || index - slack >= after.start) &&
      (after.start + after.rows.length >= after.total ||
        index + slack < after.start + after.rows.length);
    if (isWhole || isCovered) gone.add(row.uid);
  });
  return gone;
}
