// Where messages go from the list, beyond a plain move: Archive by year or month, copies, marked as deleted and
// expunged later (RFC 9051 §2.3.2 \Deleted), back to unmarked.
import { Refusal } from '../../errors.ts';
import { type Moved, moveMessages } from '../actions.ts';
import { type MailAccount, withConnection, withMailbox } from '../imap/pool.ts';
import { atom } from '../imap/raw-command.ts';
import { formatUidSet } from '../imap/uid-set.ts';
import { searchUids } from './find-uids.ts';
import { ensureRole } from './mailboxes.ts';

export type ArchiveSplit = 'one' | 'year' | 'month';

/** Moves to Archive, or to a folder of the year or month in which each message came; missing folders are made. */
export async function archiveMessages(
  account: MailAccount,
  folder: string,
  uids: number[],
  split: ArchiveSplit,
): Promise<Moved[]> {
  const archive = await ensureRole(account, 'archive');
  if (split === 'one') return [await moveMessages(account, folder, uids, archive)];
  const dates = await withMailbox(account, folder, async (client) => {
    const found = await client.fetchAll(
      formatUidSet(uids),
      { uid: true, internalDate: true },
      { uid: true },
    );
    return found.map((each) => ({ uid: each.uid, at: new Date(each.internalDate ?? 0) }));
  });
  if (dates.length === 0) throw new Refusal('not-found', 'The messages could not be moved.');
  const moved: Moved[] = [];
  for (const [path, group] of groupByFolder(dates, archive, split)) {
    if (path === folder) continue;
    await ensureFolder(account, path);
    moved.push(await moveMessages(account, folder, group, path));
  }
  return moved;
}

/** Which messages go where: "Archive/2026" or "Archive/2026/11", days counted in UTC. Pure. */
export function groupByFolder(
  dates: readonly { uid: number; at: Date }[],
  archive: string,
  split: 'year' | 'month',
): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const { uid, at } of dates) {
    const year = String(at.getUTCFullYear()).padStart(4, '0');
    const month = String(at.getUTCMonth() + 1).padStart(2, '0');
    const path = split === 'year' ? `${archive}/${year}` : `${archive}/${year}/${month}`;
    groups.set(path, [...(groups.get(path) ?? []), uid]);
  }
  return groups;
}

async function ensureFolder(account: MailAccount, path: string): Promise<void> {
  const made = await withConnection(account, (client) => client.mailboxCreate(path));
  if (made.created) await withConnection(account, (client) => client.mailboxSubscribe(path));
}

/** Copies messages; gives where the copies are. */
export async function copyMessages(
  account: MailAccount,
  folder: string,
  uids: number[],
  destination: string,
): Promise<Moved> {
  return withMailbox(account, folder, async (client) => {
    const result = await client.messageCopy(formatUidSet(uids), destination, { uid: true });
    if (!result) throw new Refusal('not-found', 'The messages could not be copied.');
    return { folder: destination, uids: [...(result.uidMap?.values() ?? [])] };
  });
}

/** Marks messages as deleted, or takes the mark away. With `isRead` they count as read too. */
export async function markDeleted(
  account: MailAccount,
  folder: string,
  uids: number[],
  isDeleted: boolean,
  isRead = false,
): Promise<void> {
  await withMailbox(account, folder, async (client) => {
    const flags = ['\\Deleted', ...(isDeleted && isRead ? ['\\Seen'] : [])];
    const change = isDeleted ? client.messageFlagsAdd : client.messageFlagsRemove;
    const isDone = await change.call(client, formatUidSet(uids), flags, {
      uid: true,
      silent: true,
    });
    if (isDone === false) throw new Refusal('forbidden', 'You may not do this in this folder.');
  });
}

/** Removes what is marked as deleted; the answer is how many. For some days they can be restored. */
export async function expungeMarked(account: MailAccount, folder: string): Promise<number> {
  return withMailbox(account, folder, async (client) => {
    const uids = await searchUids(client, [atom('DELETED')]);
    if (uids.length === 0) return 0;
    const isDone = await client.messageDelete(formatUidSet(uids), { uid: true });
    if (isDone === false) throw new Refusal('forbidden', 'You may not do this in this folder.');
    return uids.length;
  });
}
