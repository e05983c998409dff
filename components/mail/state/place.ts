// Where the mail page is: folder, search, order, page and open message, all in the URL, so that Back, reload and
// a link do what people expect.
import type { SortKey } from '#lib/webmail/list/message-list.ts';

export type Place = {
  folder: string;
  query: string;
  sort: SortKey;
  page: number;
  uid: number | null;
};

const sorts: SortKey[] = ['newest', 'oldest', 'from', 'subject', 'largest', 'smallest'];

/** The place of a URL; what is wrong in it falls back to the first page of the folder. */
export function readPlace(pathname: string, search: URLSearchParams): Place {
  const segments = pathname
    .replace(/^\/mail\/?/, '')
    .split('/')
    .filter(Boolean)
    .map(decodeSegment);
  const page = Number(search.get('page') ?? 1);
  const uid = Number(search.get('message') ?? 0);
  const sort = search.get('sort') as SortKey;
  return {
    folder: segments.join('/') || 'INBOX',
    query: (search.get('q') ?? '').slice(0, 500),
    sort: sorts.includes(sort) ? sort : 'newest',
    page: Number.isInteger(page) && page > 0 ? page : 1,
    uid: Number.isInteger(uid) && uid > 0 && uid <= 0xffffffff ? uid : null,
  };
}

/** The URL of a place, without what is as usual. */
export function toUrl(place: Place): string {
  const search = new URLSearchParams();
  if (place.query) search.set('q', place.query);
  if (place.sort !== 'newest') search.set('sort', place.sort);
  if (place.page > 1) search.set('page', String(place.page));
  if (place.uid) search.set('message', String(place.uid));
  const path = place.folder.split('/').map(encodeURIComponent).join('/');
  const text = search.toString();
  return `/mail/${path}${text ? `?${text}` : ''}`;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
