// The maildrop of one session (RFC 1939 §4): the folders that the user has chosen, mostly INBOX alone, as they were at
// login, by message number.
//
// Invariants: numbers never shift; what is marked as deleted is only removed by commit(); whatever other
// sessions do to the folders meanwhile, a number means the message it meant at login, or nothing.
import { readPop3Choice } from '#lib/accounts/pop3-choice.ts';
import { Refusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { moveMessages } from '#server/store/copy.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { readView } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox, listMailboxes } from '#server/store/mailboxes.ts';
import { defaultPopUid, readPopUids } from '#server/store/pop-uid.ts';
import { correctSizes } from './sent-size.ts';
import { readSizes, type Sizes } from './size-memory.ts';

/** A folder of the maildrop; its messages are those behind `before`, up to the next folder's. */
export type Folder = {
  mailboxId: string;
  uidValidity: number;
  /** Messages of the folders in front of it. */
  before: number;
  /** Unique ids that messages brought from another server, by UID. */
  popUids: Map<number, string>;
};

export type Maildrop = {
  accountId: string;
  folders: [Folder, ...Folder[]];
  /** What was in force at login, for this user. */
  settings: Settings;
  /** All unique ids that were brought, to see that none is told twice. */
  popUidTexts: Set<string>;
  /** Of message n at n - 1; shared with other sessions, never changed. */
  uids: Sizes['uids'];
  /** Octets that RETR sends (RFC 1939 §11). */
  sizes: Sizes['sizes'];
  /** 1 where the message of that number is marked as deleted. */
  deleted: Uint8Array;
  /** Of those not marked as deleted. */
  left: { count: number; octets: number };
  /** Numbers of messages to be marked as \Seen. */
  fetched: Set<number>;
};

const log = logOf('pop3');

/** The maildrop of the account as it is now; `isUtf8`: for a client that has said UTF8. */
export async function openMaildrop(accountId: string, isUtf8: boolean): Promise<Maildrop> {
  const settings = { ...(await readSettings()), ...(await readPop3Choice(accountId)) };
  const [first, ...others] = await findFolders(accountId, settings['pop3.folders']);
  const { folder, uids, sizes } = await readFolder(accountId, first, { before: 0, isUtf8 });
  const maildrop: Maildrop = {
    accountId,
    folders: [folder],
    settings,
    popUidTexts: new Set(folder.popUids.values()),
    // Of one folder alone the list is shared; only several make one of their own.
    uids,
    sizes,
    deleted: new Uint8Array(),
    left: { count: 0, octets: 0 },
    fetched: new Set(),
  };
  for (const mailboxId of others) {
    const before = maildrop.uids.length;
    const next = await readFolder(accountId, mailboxId, { before, isUtf8 });
    maildrop.folders.push(next.folder);
    for (const text of next.folder.popUids.values()) maildrop.popUidTexts.add(text);
    maildrop.uids = Uint32Array.from([...maildrop.uids, ...next.uids]);
    maildrop.sizes = Float64Array.from([...maildrop.sizes, ...next.sizes]);
  }
  maildrop.deleted = new Uint8Array(maildrop.uids.length);
  unmarkAll(maildrop);
  return maildrop;
}

async function readFolder(
  accountId: string,
  mailboxId: string,
  { before, isUtf8 }: { before: number; isUtf8: boolean },
) {
  const { mailbox, roll } = await readView(accountId, mailboxId);
  const { uidValidity } = mailbox;
  const place = { accountId, mailboxId, uidValidity };
  const stored = await readSizes(place, roll.uids);
  const sizes = await correctSizes(place, roll, stored, isUtf8);
  const { uids } = stored;
  const popUids = await readPopUids(accountId, mailboxId);
  return { folder: { mailboxId, uidValidity, before, popUids }, uids, sizes };
}

/** Those of the names that exist, in their order; INBOX where none does. */
async function findFolders(
  accountId: string,
  names: readonly string[],
): Promise<[string, ...string[]]> {
  const ids: string[] = [];
  for (const name of names) {
    const mailbox = name.toUpperCase() === 'INBOX' ? null : await findMailbox(accountId, name);
    const id = name.toUpperCase() === 'INBOX' ? await findInbox(accountId) : mailbox?.id;
    if (id && !ids.includes(id)) ids.push(id);
  }
  const [first = await findInbox(accountId), ...others] = ids;
  return [first, ...others];
}

/** The folder that a message is in. */
export function folderOf({ folders }: Maildrop, number: number): Folder {
  return folders.findLast(({ before }) => number > before) ?? folders[0];
}

async function findInbox(accountId: string): Promise<string> {
  const known = await findMailbox(accountId, 'INBOX');
  if (known) return known.id;
  await ensureMailboxes(accountId);
  const made = await findMailbox(accountId, 'INBOX');
  if (!made) throw new Refusal('unavailable', 'There is no INBOX.');
  return made.id;
}

/** Numbers of those not marked as deleted. */
export function* listNumbers({ uids, deleted }: Maildrop): Generator<number> {
  for (let at = 0; at < uids.length; at++) if (!deleted[at]) yield at + 1;
}

export function sizeOf({ sizes }: Maildrop, number: number): number {
  return sizes[number - 1] ?? 0;
}

/**
 * The unique id of a message (RFC 1939 §7): the one that it brought from another server, else one of UID and
 * UIDVALIDITY, so that clients of a mailbox that came from there do not fetch everything again.
 */
export function uniqueId(maildrop: Maildrop, number: number): string {
  const { popUidTexts, settings } = maildrop;
  const { popUids, uidValidity, before } = folderOf(maildrop, number);
  const uid = maildrop.uids[number - 1] ?? 0;
  const kept = popUids.get(uid);
  if (kept !== undefined) return kept;
  const own = defaultPopUid(uid, uidValidity, settings['pop3.uidlFormat']);
  // Some formats are short: another server may have given the same one, and so may another folder.
  return before > 0 || popUidTexts.has(own) ? defaultPopUid(uid, uidValidity) : own;
}

export function markDeleted({ deleted, left, sizes }: Maildrop, number: number): void {
  deleted[number - 1] = 1;
  left.count -= 1;
  left.octets -= sizes[number - 1] ?? 0;
}

export function unmarkAll({ deleted, left, sizes }: Maildrop): void {
  deleted.fill(0);
  left.count = deleted.length;
  left.octets = sizes.reduce((sum, size) => sum + size, 0);
}

/** RETR has sent it: \Seen, at the end of the session or after some hundred, in one change. */
export async function noteFetched(maildrop: Maildrop, number: number): Promise<void> {
  if (!maildrop.settings['pop3.marksSeen']) return;
  maildrop.fetched.add(number);
  if (maildrop.fetched.size >= fetchedPerChange) await saveFetched(maildrop);
}

const fetchedPerChange = 1000;

/** Marks as \Seen what was fetched. A failure is ours, not the client's. */
export async function saveFetched(maildrop: Maildrop): Promise<void> {
  const { accountId, fetched } = maildrop;
  if (fetched.size === 0) return;
  const groups = groupByFolder(maildrop, fetched);
  fetched.clear();
  try {
    const change = { mode: 'add' as const, flags: FLAG.seen, keywords: [] };
    for (const [{ mailboxId }, uids] of groups) {
      await changeFlags(accountId, mailboxId, uids, change);
    }
  } catch (error) {
    log.error({ accountId, error }, 'fetched messages could not be marked as seen');
  }
}

/** The UPDATE state: takes away what is marked; returns how many. Gone already is as good. */
export async function commitDeletions(maildrop: Maildrop): Promise<number> {
  const { accountId, deleted, settings } = maildrop;
  const numbers = [...deleted.keys()].filter((at) => deleted[at]).map((at) => at + 1);
  // What is removed may come back, and then it counts as read.
  await saveFetched(maildrop);
  if (numbers.length === 0) return 0;
  const target = await findTarget(accountId, settings['pop3.deletion']);
  for (const [{ mailboxId }, uids] of groupByFolder(maildrop, numbers)) {
    if (target === mailboxId) continue;
    if (target) await moveMessages(accountId, mailboxId, uids, target);
    else await removeMessages(accountId, mailboxId, uids);
  }
  return numbers.length;
}

/** The UIDs of messages, by their folders. */
function groupByFolder(maildrop: Maildrop, numbers: Iterable<number>): Map<Folder, number[]> {
  const groups = new Map<Folder, number[]>();
  for (const number of numbers) {
    const folder = folderOf(maildrop, number);
    const uids = groups.get(folder) ?? [];
    uids.push(maildrop.uids[number - 1] ?? 0);
    groups.set(folder, uids);
  }
  return groups;
}

/** Where deleted messages go; null: to those that can be restored. */
async function findTarget(
  accountId: string,
  deletion: Settings['pop3.deletion'],
): Promise<string | null> {
  if (deletion === 'remove') return null;
  const use = deletion === 'trash' ? '\\Trash' : '\\Archive';
  const mailboxes = await listMailboxes(accountId);
  const target = mailboxes.find(({ specialUse }) => specialUse === use);
  // Not removed for good where it was to be kept.
  if (!target) throw new Refusal('unavailable', `There is no mailbox for ${use.slice(1)}.`);
  return target.id;
}
