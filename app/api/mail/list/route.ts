// A page of a folder or of a search.
import { readSetting } from '#lib/settings/index.ts';
import {
  checkFolderPath,
  listMessages,
  type SortKey,
  sortNames,
} from '#lib/webmail/list/message-list.ts';
import { readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const query = new URL(request.url).searchParams;
  const sort = query.get('sort') as SortKey | null;
  return listMessages(account, {
    folder: checkFolderPath(query.get('folder')),
    page: Number(query.get('page') ?? 1),
    pageSize: await readSetting('web.pageSize'),
    sort: sort && sortNames.includes(sort) ? sort : 'newest',
    query: query.get('q') ?? '',
  });
});
