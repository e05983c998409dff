// For scripts: what waits unread, folder by folder.
import { listFolders } from '#lib/webmail/list/mailboxes.ts';
import { scriptRoute } from '../../answer.ts';

/** GET → {unread of the inbox, folders: {folder, unread, total}[]} */
export const GET = scriptRoute(async (account) => {
  const all = (await listFolders(account)).filter((each) => each.isSelectable);
  return {
    unread: all.find(({ role }) => role === 'inbox')?.unread ?? 0,
    folders: all.map(({ path, unread, messages }) => ({
      folder: path,
      unread,
      total: messages,
    })),
  };
});
