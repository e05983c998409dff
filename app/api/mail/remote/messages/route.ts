// For scripts: the newest messages of a folder, or of what a search finds there.
import { listPage } from '#lib/webmail/list/list-page.ts';
import { checkFolderPath, listFilters } from '#lib/webmail/list/message-list.ts';
import { scriptRoute } from '../../answer.ts';

const usual = 20;
const most = 100;

/** GET ?folder=INBOX&count=20&q=&filter=unread → {total, messages}; `q` is a search as it is typed in the webmail. */
export const GET = scriptRoute(async (account, request) => {
  const query = new URL(request.url).searchParams;
  const count = Number(query.get('count') ?? usual);
  const { rows, total } = await listPage(account, {
    folder: checkFolderPath(query.get('folder') ?? 'INBOX'),
    page: 1,
    pageSize: Number.isInteger(count) && count > 0 ? Math.min(count, most) : usual,
    sort: 'newest',
    query: (query.get('q') ?? '').slice(0, 1000),
    filter: listFilters.find((each) => each === query.get('filter')) ?? null,
  });
  const messages = rows.map((row) => ({
    uid: row.uid,
    from: row.from,
    to: row.to,
    subject: row.subject,
    receivedAt: row.receivedAt,
    sizeBytes: row.sizeBytes,
    isSeen: row.isSeen,
    isFlagged: row.isFlagged,
    hasAttachments: row.hasAttachments,
    preview: row.preview,
  }));
  return { total, messages };
});
