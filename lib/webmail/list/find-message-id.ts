// Where the message with a Message-ID is: for links that other programs make (/mail?id=<…>).
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { atom, string } from '../imap/raw-command.ts';
import { searchUids } from './find-uids.ts';
import { listFolders } from './mailboxes.ts';

const mostFolders = 100;
/** RFC 5322 §3.6.4, with or without its brackets */
const pattern = /^<?([^\s<>@]{1,400}@[^\s<>@]{1,255})>?$/;

/** The first message found, looked for in the special folders first; null where there is none. */
export async function findMessageId(
  account: MailAccount,
  messageId: string,
): Promise<{ folder: string; uid: number } | null> {
  const id = pattern.exec(messageId.trim())?.[1];
  if (!id) return null;
  const folders = await listFolders(account);
  const usable = folders.filter(({ isSelectable, role }) => isSelectable && role !== 'deleted');
  for (const { path } of usable.slice(0, mostFolders)) {
    const [uid] = await withMailbox(account, path, (client) =>
      searchUids(client, [atom('HEADER'), atom('Message-ID'), string(`<${id}>`)]),
    );
    if (uid) return { folder: path, uid };
  }
  return null;
}
