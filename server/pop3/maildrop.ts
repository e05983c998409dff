// The maildrop of one session (RFC 1939 §4): INBOX as it was at login, by message number.
//
// Invariants: numbers never shift; what is marked as deleted is only removed by commit(); whatever other
// sessions do to INBOX meanwhile, a number means the message it meant at login, or nothing.
import { isRefusal, Refusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { readView } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { defaultPopUid, readPopUids } from '#server/store/pop-uid.ts';
import { readBytes, readMessages } from '#server/store/read.ts';

export type Item = {
  /** 1 for the first. */
  number: number;
  uid: number;
  sizeBytes: number;
  isDeleted: boolean;
  isSeen: boolean;
};

export type Maildrop = {
  accountId: string;
  mailboxId: string;
  uidValidity: number;
  /** Unique ids that messages brought from another server, by UID. */
  popUids: Map<number, string>;
  /** In the order of their numbers. */
  items: Item[];
};

const log = logOf('pop3');
const sizesAtOnce = 1000;

/** The maildrop of the account as it is now. */
export async function openMaildrop(accountId: string): Promise<Maildrop> {
  await ensureMailboxes(accountId);
  const inbox = await findMailbox(accountId, 'INBOX');
  if (!inbox) throw new Refusal('unavailable', 'There is no INBOX.');
  const { mailbox, roll } = await readView(accountId, inbox.id);
  const items: Item[] = [];
  for (let start = 0; start < roll.size; start += sizesAtOnce) {
    const uids = [...roll.uids.subarray(start, start + sizesAtOnce)];
    // Only numbers are kept: the rows of a big INBOX would fill the memory.
    for (const { uid, sizeBytes, flags } of await readMessages(accountId, inbox.id, uids)) {
      const isSeen = (flags & FLAG.seen) !== 0;
      items.push({ number: items.length + 1, uid, sizeBytes, isDeleted: false, isSeen });
    }
  }
  const popUids = await readPopUids(accountId, inbox.id);
  return { accountId, mailboxId: inbox.id, uidValidity: mailbox.uidValidity, popUids, items };
}

/** Those not marked as deleted. */
export function listItems(maildrop: Maildrop): Item[] {
  return maildrop.items.filter((item) => !item.isDeleted);
}

export function sumSizes(items: Item[]): number {
  return items.reduce((sum, item) => sum + item.sizeBytes, 0);
}

/**
 * The unique id of a message (RFC 1939 §7): the one that it brought from another server, else UID and
 * UIDVALIDITY, so that clients of a mailbox that came from there do not fetch everything again.
 */
export function uniqueId(maildrop: Maildrop, item: Item): string {
  return maildrop.popUids.get(item.uid) ?? defaultPopUid(item.uid, maildrop.uidValidity);
}

/** The octets of a message, or null when another session has removed it since login. */
export async function readItem(maildrop: Maildrop, item: Item): Promise<Buffer | null> {
  const { accountId, mailboxId } = maildrop;
  const [message] = await readMessages(accountId, mailboxId, [item.uid]);
  if (!message) return null;
  try {
    return await readBytes(message);
  } catch (error) {
    // Removed between the two reads, with its last copy.
    if (isRefusal(error, 'not-found')) return null;
    throw error;
  }
}

/** Marks a message as \Seen, as fetching it with RETR does. A failure is ours, not the client's. */
export async function markSeen(maildrop: Maildrop, item: Item): Promise<void> {
  if (item.isSeen) return;
  const { accountId, mailboxId } = maildrop;
  try {
    const change = { mode: 'add' as const, flags: FLAG.seen, keywords: [] };
    await changeFlags(accountId, mailboxId, [item.uid], change);
    item.isSeen = true;
  } catch (error) {
    log.error({ accountId, error }, 'a fetched message could not be marked as seen');
  }
}

/** The UPDATE state: removes what is marked, for good; returns how many. Gone already is as good. */
export async function commitDeletions(maildrop: Maildrop): Promise<number> {
  const uids = maildrop.items.filter((item) => item.isDeleted).map((item) => item.uid);
  if (uids.length > 0) await removeMessages(maildrop.accountId, maildrop.mailboxId, uids);
  return uids.length;
}
