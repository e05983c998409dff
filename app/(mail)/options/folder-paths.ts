// The folders that a page of the options offers to choose from.
import type { Account } from '#lib/accounts/account.ts';
import { listFolders } from '#lib/webmail/list/mailboxes.ts';

/** Paths of the own folders; the inbox alone while the mailbox cannot be reached, since options work without it. */
export async function listFolderPaths(account: Account): Promise<string[]> {
  const folders = await listFolders(account).catch(() => []);
  const own = folders.filter(
    ({ isShared, isSelectable, role }) => isSelectable && !isShared && role !== 'deleted',
  );
  return own.length > 0 ? own.map(({ path }) => path) : ['INBOX'];
}
