// A stretch of a folder or of a search.
import { readSetting } from '#lib/settings/index.ts';
import { listPage } from '#lib/webmail/list/list-page.ts';
import {
  checkFolderPath,
  listFilters,
  type SortKey,
  sortNames,
} from '#lib/webmail/list/message-list.ts';
import { readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const query = new URL(request.url).searchParams;
  const sort = query.get('sort') as SortKey | null;
  const limit = Number(query.get('limit') ?? 0);
  const offset = query.get('offset');
  return listPage(account, {
    folder: checkFolderPath(query.get('folder')),
    page: Number(query.get('page') ?? 1),
    pageSize: limit > 0 ? limit : await readSetting('web.pageSize'),
    ...(offset === null ? {} : { offset: Number(offset) }),
    sort: sort && sortNames.includes(sort) ? sort : 'newest',
    query: query.get('q') ?? '',
    filter: listFilters.find((each) => each === query.get('filter')) ?? null,
    snapshot: query.get('snapshot') ?? '',
    withPriority: query.get('priority') === '1',
    isThreaded: query.get('threads') === '1',
  });
});
