// The timed job that brings snoozed mail back: out of the folder Snoozed into the folder it was in, unread, as the newest
// there (a move gives it the next UID). Rows are written by the webmail (lib/webmail/snooze.ts).
//
// Invariants: only what still lies in Snoozed is moved, so what somebody took out by hand stays where it is; the row goes
// last, and doing it all once more does nothing.
import { now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { findOrMakeFolder } from '#server/delivery/filters/places.ts';
import { moveMessages } from '#server/store/copy.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { findMailbox } from '#server/store/mailboxes.ts';

const snoozedFolder = 'Snoozed';
export const unsnoozedKeyword = '$Unsnoozed';
const rowsPerRun = 500;
const log = logOf('jobs');

type Row = { accountId: string; emailId: string; folder: string };

/** Brings back whatever is due; rows whose message is not in Snoozed any more go without effect. */
export async function wakeSnoozed(): Promise<{ woken: number; forgotten: number }> {
  const done = { woken: 0, forgotten: 0 };
  const rows = await db.snooze.findMany({
    where: { until: { lte: now() } },
    orderBy: { until: 'asc' },
    take: rowsPerRun,
  });
  for (const row of rows) {
    try {
      if (await wake(row)) done.woken++;
      else done.forgotten++;
    } catch (error) {
      // One mailbox in trouble must not keep the others asleep; the next run tries again.
      log.warn({ err: error, accountId: row.accountId }, 'a snoozed message does not wake');
      continue;
    }
    const { accountId, emailId } = row;
    await write((tx) => tx.snooze.deleteMany({ where: { accountId, emailId, until: row.until } }));
  }
  return done;
}

async function wake({ accountId, emailId, folder }: Row): Promise<boolean> {
  const from = await findMailbox(accountId, snoozedFolder);
  if (!from) return false;
  const found = await db.message.findMany({
    where: { accountId, mailboxId: from.id, emailId },
    select: { uid: true },
  });
  const uids = found.map(({ uid }) => Number(uid));
  if (uids.length === 0) return false;
  const toId = await findPlace(accountId, folder);
  const add = { mode: 'add' as const, flags: 0, keywords: [unsnoozedKeyword] };
  await changeFlags(accountId, from.id, uids, add);
  const unread = { mode: 'remove' as const, flags: FLAG.seen, keywords: [] };
  await changeFlags(accountId, from.id, uids, unread);
  return (await moveMessages(accountId, from.id, uids, toId)).pairs.length > 0;
}

/** The folder it was in, made again where it is gone; else the inbox. */
async function findPlace(accountId: string, folder: string): Promise<string> {
  if (folder !== snoozedFolder) {
    try {
      return await findOrMakeFolder(accountId, folder);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  return findOrMakeFolder(accountId, 'INBOX');
}
