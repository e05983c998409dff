// Where the mail page is: folder, search, filter, order, page and open message, all in the URL, so that Back, reload and
// a link do what people expect. Pure.
import { listSorts } from '#lib/preferences/list-names.ts';
import type { ListFilter, SortKey } from '#lib/webmail/list/message-list.ts';
import { folderOf, rowId, uidOf } from './row-id.ts';

export type Place = {
  folder: string;
  query: string;
  sort: SortKey;
  /** From 1; 0 = everything on one page */
  page: number;
  /** Of the open message: its UID, or its id (row-id.ts) where it is in another folder than `folder` */
  uid: number | null;
  filter?: ListFilter | null;
};

/** What the person calls normal: it does not stand in the URL. */
export type Habits = { sort: SortKey };

const usual: Habits = { sort: 'newest' };
const filters: readonly (ListFilter | null)[] = ['unread', 'starred', 'attachment'];

/** The place of a URL; what is wrong in it falls back to the first page of the folder. */
export function readPlace(
  pathname: string,
  search: URLSearchParams,
  habits: Habits = usual,
): Place {
  const segments = pathname
    .replace(/^\/mail\/?/, '')
    .split('/')
    .filter(Boolean)
    .map(decodeSegment);
  const folder = segments.join('/') || 'INBOX';
  const page = search.get('page') === 'all' ? 0 : Number(search.get('page') ?? 1);
  const uid = Number(search.get('message') ?? 0);
  const sort = listSorts.find((each) => each === search.get('sort'));
  const isMessage = Number.isInteger(uid) && uid > 0 && uid <= 0xffffffff;
  return {
    folder,
    query: (search.get('q') ?? '').slice(0, 1000),
    sort: sort ?? habits.sort,
    page: Number.isInteger(page) && page >= 0 ? page : 1,
    uid: isMessage ? rowId(readFolder(search.get('in')), uid, folder) : null,
    filter: filters.find((each) => each === search.get('filter')) ?? null,
  };
}

/** The URL of a place, without what is as usual. */
export function toUrl(place: Place, habits: Habits = usual): string {
  const search = new URLSearchParams();
  if (place.query) search.set('q', place.query);
  if (place.filter) search.set('filter', place.filter);
  if (place.sort !== habits.sort) search.set('sort', place.sort);
  if (place.page !== 1) search.set('page', place.page === 0 ? 'all' : String(place.page));
  if (place.uid) {
    const folder = folderOf(place.uid, place.folder);
    if (folder !== place.folder) search.set('in', folder);
    search.set('message', String(uidOf(place.uid)));
  }
  const path = place.folder.split('/').map(encodeURIComponent).join('/');
  const text = search.toString();
  return `/mail/${path}${text ? `?${text}` : ''}`;
}

function readFolder(text: string | null): string | undefined {
  return text && text.length <= 1000 ? text : undefined;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
