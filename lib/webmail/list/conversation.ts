// All messages of one conversation, whatever folder they are in, one's own answers among them: by one search for its
// THREADID (RFC 8474) over all folders (RFC 7377).
import { Refusal } from '../../errors.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { atom, string } from '../imap/raw-command.ts';
import { findAcross, readFoundRows } from '../search/find.ts';
import { listFolders } from './mailboxes.ts';
import type { MessageRow } from './message-list.ts';

export type Conversation = {
  /** The oldest first; each says its folder */
  rows: (MessageRow & { folder: string })[];
  /** Messages it has; of a longer one the newest are listed */
  total: number;
};

const mostMessages = 200;

/** The conversation of a message. Refusal 'not-found' where folder or message do not exist. */
export async function readConversation(
  account: MailAccount,
  folder: string,
  uid: number,
): Promise<Conversation> {
  const threadId = await withMailbox(account, folder, async (client) => {
    const message = await client.fetchOne(
      String(uid),
      { uid: true, threadId: true },
      { uid: true },
    );
    if (!message) throw new Refusal('not-found', 'This message is no longer here.');
    return message.threadId ?? null;
  });
  const alone = [{ folder, uid }];
  const found = threadId ? await findThread(account, folder, threadId) : alone;
  const rows = await readFoundRows(account, found.slice(0, mostMessages));
  const seen = new Map<string, MessageRow & { folder: string }>();
  for (const row of rows) {
    const own = { ...row, folder: row.folder ?? folder };
    const known = seen.get(row.emailId);
    // A copy of the same message in another folder is the same message; the one at hand counts.
    if (!known || (known.folder !== folder && own.folder === folder)) seen.set(row.emailId, own);
  }
  const sorted = [...seen.values()].sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
  return { rows: sorted, total: found.length };
}

async function findThread(account: MailAccount, folder: string, threadId: string) {
  const folders = await listFolders(account);
  const here = folders.find((each) => each.path === folder);
  if (!here || here.role === 'deleted' || here.isShared) {
    const { found } = await findAcross(account, [folder], keysOf(threadId), { key: threadId });
    return found;
  }
  // What was thrown away is no part of it, unless one looks there.
  const wanted = folders.filter(
    (each) =>
      each.path === folder ||
      (each.isSelectable && !each.isShared && !['trash', 'junk', 'deleted'].includes(each.role)),
  );
  const paths = wanted.map(({ path }) => path);
  const { found } = await findAcross(account, paths, keysOf(threadId), { key: threadId });
  return found;
}

const keysOf = (threadId: string) => [atom('THREADID'), string(threadId)];
