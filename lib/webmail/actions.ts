// What a person does with messages: flags, moves, deletion. Every action answers with what undoes it.
import { Refusal } from '../errors.ts';
import { type MailAccount, withConnection, withMailbox } from './imap/pool.ts';
import { formatUidSet, isUid } from './imap/uid-set.ts';
import { ensureRole, type FolderRole, isShared, listFolders, originOf } from './list/mailboxes.ts';
import { checkFolderPath } from './list/message-list.ts';

export type FlagName = 'seen' | 'flagged' | 'answered' | 'forwarded';
export type Moved = { folder: string; uids: number[] };

const maxUids = 5000;
export const flagOf: Record<FlagName, string> = {
  seen: '\\Seen',
  flagged: '\\Flagged',
  answered: '\\Answered',
  forwarded: '$Forwarded',
};

/** Refusal 'invalid' unless `value` is a list of 1 to 5000 UIDs. */
export function checkUids(value: unknown): number[] {
  if (
    !Array.isArray(value) ||
    value.length === 0 ||
    value.length > maxUids ||
    !value.every(isUid)
  ) {
    throw new Refusal('invalid', 'Choose between 1 and 5000 messages.', 'uids');
  }
  return value as number[];
}

/** Sets or clears one flag. */
export async function setFlag(
  account: MailAccount,
  folder: string,
  uids: number[],
  flag: FlagName,
  isSet: boolean,
): Promise<void> {
  await withMailbox(account, folder, async (client) => {
    const set = formatUidSet(uids);
    const change = isSet ? client.messageFlagsAdd : client.messageFlagsRemove;
    const isDone = await change.call(client, set, [flagOf[flag]], { uid: true, silent: true });
    if (isDone === false) throw refuseChange();
  });
}

/** Moves messages; gives their place in the destination, where an undo finds them. */
export async function moveMessages(
  account: MailAccount,
  folder: string,
  uids: number[],
  destination: string,
): Promise<Moved> {
  if (folder === destination) throw new Refusal('invalid', 'They are in this folder already.');
  return withMailbox(account, folder, async (client) => {
    const result = await client.messageMove(formatUidSet(uids), destination, { uid: true });
    if (!result) {
      throw isShared(folder) || isShared(destination)
        ? refuseChange()
        : new Refusal('not-found', 'The messages could not be moved.');
    }
    return { folder: destination, uids: [...(result.uidMap?.values() ?? [])] };
  });
}

/** Moves to the folder with a role, which is made where it is missing. */
export async function moveToRole(
  account: MailAccount,
  folder: string,
  uids: number[],
  role: 'archive' | 'junk' | 'trash' | 'inbox',
): Promise<Moved> {
  const destination = role === 'inbox' ? 'INBOX' : await ensureRole(account, role);
  return moveMessages(account, folder, uids, destination);
}

/**
 * Puts deleted messages back into the folder they were in, which is made again where it is no more.
 * Refusal 'over-quota', 'forbidden' for a folder that holds no deleted messages.
 */
export async function restoreMessages(
  account: MailAccount,
  folder: string,
  uids: number[],
): Promise<Moved> {
  return moveMessages(account, folder, uids, await ensureOrigin(account, folder));
}

/** The same for everything that was deleted from a folder. */
export async function restoreWhole(account: MailAccount, folder: string): Promise<Moved> {
  const origin = await ensureOrigin(account, folder);
  return withMailbox(account, folder, async (client, mailbox) => {
    if (mailbox.exists === 0) return { folder: origin, uids: [] };
    const result = await client.messageMove(`1:${mailbox.exists}`, origin);
    if (!result) throw new Refusal('not-found', 'The messages could not be moved.');
    return { folder: origin, uids: [...(result.uidMap?.values() ?? [])] };
  });
}

async function ensureOrigin(account: MailAccount, folder: string): Promise<string> {
  const origin = originOf(folder);
  if (origin === null) throw new Refusal('forbidden', 'These messages are not deleted.');
  const isThere = (await listFolders(account)).some((each) => each.path === origin);
  if (!isThere) await createFolder(account, origin);
  return origin;
}

/**
 * Deletes: to Trash from an ordinary folder; out of Trash and Junk into what can be restored for some days; from
 * there for good. Null where they did not go to Trash.
 */
export async function deleteMessages(
  account: MailAccount,
  folder: string,
  uids: number[],
): Promise<Moved | null> {
  if (!isFinalFolder(await roleOf(account, folder)))
    return moveToRole(account, folder, uids, 'trash');
  await deleteForGood(account, folder, uids);
  return null;
}

/** Deletes without Trash. */
export async function deleteForGood(
  account: MailAccount,
  folder: string,
  uids: number[],
): Promise<void> {
  await withMailbox(account, folder, async (client) => {
    const isDone = await client.messageDelete(formatUidSet(uids), { uid: true });
    if (isDone === false) throw refuseChange();
  });
}

/** In somebody else's folder one may not do everything; imapflow does not say more than "no". */
function refuseChange(): Refusal {
  return new Refusal('forbidden', 'You may not do this in this folder.');
}

/** Deletes everything in Trash, in Junk or among the deleted. Refusal 'forbidden' for any other folder. */
export async function emptyFolder(account: MailAccount, folder: string): Promise<void> {
  if (!isFinalFolder(await roleOf(account, folder))) {
    throw new Refusal('forbidden', 'Only Trash, Junk and deleted messages can be emptied.');
  }
  await withMailbox(account, folder, async (client, mailbox) => {
    // What arrives while this runs was not seen by the person and stays.
    if (mailbox.exists > 0) await client.messageDelete(`1:${mailbox.exists}`);
  });
}

/** Marks every message of a folder as read. */
export async function markAllRead(account: MailAccount, folder: string): Promise<void> {
  await withMailbox(account, folder, async (client, mailbox) => {
    if (mailbox.exists === 0) return;
    await client.messageFlagsAdd(`1:${mailbox.exists}`, ['\\Seen'], { silent: true });
  });
}

/** Makes a folder. Refusal 'exists' or 'invalid'. */
export async function createFolder(account: MailAccount, path: string): Promise<void> {
  const checked = checkFolderPath(path.trim());
  const result = await withConnection(account, (client) => client.mailboxCreate(checked));
  if (!result.created) throw new Refusal('exists', 'A folder of this name exists already.', 'path');
  await withConnection(account, (client) => client.mailboxSubscribe(checked));
}

/** Renames an ordinary folder. */
export async function renameFolder(
  account: MailAccount,
  path: string,
  next: string,
): Promise<void> {
  await refuseSpecial(account, path);
  const checked = checkFolderPath(next.trim());
  await withConnection(account, (client) => client.mailboxRename(path, checked));
}

/** Removes an ordinary folder with its messages. */
export async function deleteFolder(account: MailAccount, path: string): Promise<void> {
  await refuseSpecial(account, path);
  await withConnection(account, (client) => client.mailboxDelete(path));
}

async function refuseSpecial(account: MailAccount, path: string): Promise<void> {
  if ((await roleOf(account, path)) !== 'none') {
    throw new Refusal('forbidden', 'Special folders stay as they are.');
  }
}

async function roleOf(account: MailAccount, path: string): Promise<FolderRole> {
  const folder = (await listFolders(account)).find((each) => each.path === path);
  if (!folder) throw new Refusal('not-found', 'This folder does not exist.');
  return folder.role;
}

function isFinalFolder(role: FolderRole): boolean {
  return role === 'trash' || role === 'junk' || role === 'deleted';
}
