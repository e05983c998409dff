// What a folder is for (RFC 6154), as the user chooses; every mail program sees it. Kept by the server as an annotation
// (RFC 6154 §5.4), which goes over from the folder that had it.
import { encodePath } from 'imapflow/lib/tools.js';
import { Refusal } from '../../errors.ts';
import { type MailAccount, withConnection } from '../imap/pool.ts';
import { atom, runCommand, string, type Token } from '../imap/raw-command.ts';
import { listFolders } from '../list/mailboxes.ts';

export const folderUses = ['drafts', 'sent', 'archive', 'junk', 'trash'] as const;
export type FolderUse = (typeof folderUses)[number];

/** Gives a use to a folder; with an empty path nobody has it any more. Refusal 'not-found', 'forbidden'. */
export async function chooseUse(account: MailAccount, use: FolderUse, path: string): Promise<void> {
  const folders = await listFolders(account);
  const chosen = folders.find((each) => each.path === path);
  if (path !== '' && !chosen) throw new Refusal('not-found', 'This folder does not exist.');
  if (chosen && (chosen.isShared || ['inbox', 'snoozed', 'deleted'].includes(chosen.role))) {
    throw new Refusal('forbidden', 'This folder is for something else.', 'folder');
  }
  const before = folders.find((each) => each.role === use);
  if (before?.path === path) return;
  const value = chosen ? string(`\\${use[0]!.toUpperCase()}${use.slice(1)}`) : atom('NIL');
  const target = chosen ?? before;
  if (!target) return;
  await withConnection(account, async (client) => {
    const name = encodePath(client as unknown as Parameters<typeof encodePath>[0], target.path);
    const entries: Token = [string('/private/specialuse'), value];
    await runCommand(client, 'SETMETADATA', [string(name), entries], 'METADATA', () => {});
  });
}

/** Shows a folder in every mail program's list of subscribed ones, or takes it out (RFC 9051 §6.3.7). */
export async function subscribe(
  account: MailAccount,
  path: string,
  isSubscribed: boolean,
): Promise<void> {
  await withConnection(account, (client) =>
    isSubscribed ? client.mailboxSubscribe(path) : client.mailboxUnsubscribe(path),
  );
}
