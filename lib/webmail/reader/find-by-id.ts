// Where a message lies, by its Message-ID: links to messages outlive moves.
import type { MailAccount } from '../imap/pool.ts';
import { atom, string } from '../imap/raw-command.ts';
import { listFolders } from '../list/mailboxes.ts';
import { findAcross } from '../search/find.ts';

/** The message with this Message-ID, the inbox before other folders; null where there is none. */
export async function findMessageById(
  account: MailAccount,
  messageId: string,
): Promise<{ folder: string; uid: number } | null> {
  const id = messageId.trim();
  if (!/^<[^<>\s"\\\u0000-\u001f\u007f-\uffff]{1,500}>$/.test(id)) return null;
  const folders = (await listFolders(account)).filter(
    ({ isSelectable, role }) => isSelectable && role !== 'deleted',
  );
  const paths = folders.map(({ path }) => path);
  const keys = [atom('HEADER'), string('Message-ID'), string(id)];
  const { found } = await findAcross(account, paths, keys, { key: `id ${id}` });
  return found.find(({ folder }) => folder === 'INBOX') ?? found[0] ?? null;
}
