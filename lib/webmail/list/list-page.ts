// What the list shows: a folder or a search in it, one in several folders, or conversations.
import type { MailAccount } from '../imap/pool.ts';
import { readSearchContext } from '../search/context.ts';
import { findAcross, readFoundRows } from '../search/find.ts';
import { findScope, hasScope } from '../search/scope.ts';
import { listSnoozed } from '../snooze.ts';
import { listConversations } from './conversations.ts';
import { searchKeys } from './find-uids.ts';
import { listFolders, snoozedPath } from './mailboxes.ts';
import { clampPage, type ListRequest, listMessages, type MessagePage } from './message-list.ts';

const mostRows = 200;

export type PageRequest = ListRequest & {
  /** One row for each conversation; a search in several folders lists messages all the same */
  isThreaded?: boolean;
};

/** One stretch of a list. Refusal 'not-found' for a folder that does not exist. */
export async function listPage(account: MailAccount, request: PageRequest): Promise<MessagePage> {
  const { folder, query = '', isThreaded = false } = request;
  if (hasScope(query)) {
    const scope = findScope(query, folder, await listFolders(account));
    if (scope !== null) return listAcross(account, request, scope);
  }
  const page = await (isThreaded ? listConversations : listMessages)(account, request);
  return folder === snoozedPath ? tellTimes(account, page) : page;
}

/** Says of snoozed messages when they come back. */
async function tellTimes(account: MailAccount, page: MessagePage): Promise<MessagePage> {
  const snoozed = await listSnoozed(account.id);
  const rows = page.rows.map((row) => {
    const until = snoozed.get(row.emailId)?.until;
    return until ? { ...row, snoozedUntil: until.toISOString() } : row;
  });
  return { ...page, rows };
}

async function listAcross(
  account: MailAccount,
  request: PageRequest,
  folders: readonly string[],
): Promise<MessagePage> {
  const { folder, query = '', filter = null, snapshot } = request;
  // Only the two orders that need nothing of a message but its date.
  const sort = request.sort === 'oldest' ? 'oldest' : 'newest';
  const pageSize = Math.min(Math.max(request.pageSize ?? 50, 1), mostRows);
  const keys = searchKeys(query, filter, await readSearchContext(account.id));
  const key = [folder, query, filter ?? ''].join('\u0000');
  const { found, snapshot: state } = await findAcross(account, folders, keys, { key, snapshot });
  const total = found.length;
  const offset =
    request.offset === undefined
      ? (clampPage(request.page ?? 1, total, pageSize) - 1) * pageSize
      : Math.min(Math.max(Math.trunc(request.offset) || 0, 0), total);
  const stretch =
    sort === 'newest'
      ? found.slice(offset, offset + pageSize)
      : found.slice(Math.max(0, total - offset - pageSize), total - offset).reverse();
  return {
    folder,
    uidValidity: '',
    query,
    filter,
    sort,
    page: Math.floor(offset / pageSize) + 1,
    pageSize,
    offset,
    total,
    snapshot: state,
    rows: await readFoundRows(account, stretch, request.withPriority === true),
  };
}
