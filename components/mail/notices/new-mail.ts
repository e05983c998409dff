// Which folders have got new mail, and which messages count as new. Pure.
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import type { MessageRow } from '#lib/webmail/list/message-list.ts';

const freshMs = 15 * 60_000;

/**
 * Folders with more messages and more unread ones than before, and how many more. A message that is only marked
 * unread adds none.
 */
export function findGrown(
  before: readonly Folder[],
  after: readonly Folder[],
): { folder: Folder; count: number }[] {
  const old = new Map(before.map((each) => [each.path, each]));
  return after.flatMap((folder) => {
    const was = old.get(folder.path);
    if (!was) return [];
    const count = Math.min(folder.messages - was.messages, folder.unread - was.unread);
    return count > 0 ? [{ folder, count }] : [];
  });
}

/** Whether the person wants to hear of the folder. */
export function isInScope(
  folder: Pick<Folder, 'path' | 'role' | 'isShared'>,
  scope: 'inbox' | 'all' | 'chosen',
  chosen: readonly string[],
): boolean {
  if (scope === 'chosen') return chosen.includes(folder.path);
  if (folder.role === 'inbox') return true;
  return (
    scope === 'all' && !folder.isShared && (folder.role === 'none' || folder.role === 'archive')
  );
}

/** A message that was moved here has arrived long ago; clocks may differ by some minutes. */
export function isFresh(row: Pick<MessageRow, 'receivedAt' | 'isSeen'>, now: Date): boolean {
  return !row.isSeen && now.getTime() - new Date(row.receivedAt).getTime() < freshMs;
}
