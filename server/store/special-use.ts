// What mailboxes are for (RFC 6154): of one use an account has one mailbox.
import type { Db } from '#lib/db.ts';

/** What every account starts with; RFC 6154 §2 for the uses. */
export const firstMailboxes = [
  ['INBOX', null],
  ['Drafts', '\\Drafts'],
  ['Sent', '\\Sent'],
  ['Junk', '\\Junk'],
  ['Trash', '\\Trash'],
  ['Archive', '\\Archive'],
] as const;

/** RFC 6154 §2. \All is no mailbox of ours: it would have to show the others' mail. */
export const specialUses = new Set([
  '\\Archive',
  '\\Drafts',
  '\\Flagged',
  '\\Junk',
  '\\Sent',
  '\\Trash',
]);

/** The use of a mailbox that is made again: the one it had, or that its name stands for; null where it is taken by now. */
export async function findFreeUse(
  source: Db,
  accountId: string,
  name: string,
  formerUse: string | null = null,
): Promise<string | null> {
  const use = formerUse ?? firstMailboxes.find(([first]) => first === name)?.[1] ?? null;
  if (use === null) return null;
  const taken = await source.mailbox.count({ where: { accountId, specialUse: use } });
  return taken === 0 ? use : null;
}
