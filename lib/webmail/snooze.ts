// Mail that goes away and comes back later: it waits in the folder Snoozed, and a row says where it was and when it
// returns. The daemon brings it back (unread, on top); what somebody takes out of Snoozed by hand stays where it is
// put, and its row falls due without effect.
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { createFolder, type Moved, moveMessages } from './actions.ts';
import { type MailAccount, withMailbox } from './imap/pool.ts';
import { formatUidSet } from './imap/uid-set.ts';
import { listFolders, snoozedPath } from './list/mailboxes.ts';

export type Snoozed = { emailId: string; folder: string; until: Date };

const mostSnoozed = 5000;
const mostAhead = 5 * 366 * 86_400_000;
const leastAheadMs = 30_000;

/** A moment to come, at most five years away. Refusal 'invalid'. */
export function checkUntil(value: unknown): Date {
  const until = new Date(typeof value === 'string' ? value : Number.NaN);
  const ahead = until.getTime() - now().getTime();
  if (!(ahead >= leastAheadMs && ahead <= mostAhead)) {
    throw new Refusal('invalid', 'Choose a time to come.', 'until');
  }
  return until;
}

/** Puts messages away until a moment. Those in Snoozed already get another time and are where they were. */
export async function snoozeMessages(
  account: MailAccount,
  folder: string,
  uids: number[],
  until: Date,
): Promise<Moved> {
  const emailIds = await readEmailIds(account, folder, uids);
  if (emailIds.length === 0) throw new Refusal('not-found', 'The messages could not be moved.');
  const kept = await db.snooze.count({ where: { accountId: account.id } });
  if (kept + emailIds.length > mostSnoozed) {
    throw new Refusal('limit', `At most ${mostSnoozed} messages can be snoozed.`);
  }
  const isAgain = folder === snoozedPath;
  await write(async (tx) => {
    for (const emailId of emailIds) {
      await tx.snooze.upsert({
        where: { accountId_emailId: { accountId: account.id, emailId } },
        create: {
          accountId: account.id,
          emailId,
          folder: isAgain ? 'INBOX' : folder,
          until,
          createdAt: now(),
        },
        update: { until, ...(isAgain ? {} : { folder }) },
      });
    }
  });
  if (isAgain) return { folder, uids };
  try {
    await ensureSnoozed(account);
    return await moveMessages(account, folder, uids, snoozedPath);
  } catch (error) {
    await forget(account.id, emailIds);
    throw error;
  }
}

/** Brings messages back now, each to where it was; a folder that is gone is the inbox. */
export async function unsnoozeMessages(account: MailAccount, uids: number[]): Promise<Moved[]> {
  const found = await withMailbox(account, snoozedPath, async (client) =>
    client.fetchAll(formatUidSet(uids), { uid: true, threadId: true }, { uid: true }),
  );
  const emailIds = found.flatMap(({ emailId }) => emailId ?? []);
  const rows = await db.snooze.findMany({
    where: { accountId: account.id, emailId: { in: emailIds } },
  });
  const placeOf = new Map(rows.map(({ emailId, folder }) => [emailId, folder]));
  const paths = new Set((await listFolders(account)).map(({ path }) => path));
  const groups = Map.groupBy(found, ({ emailId }) => {
    const place = placeOf.get(emailId ?? '') ?? 'INBOX';
    return paths.has(place) ? place : 'INBOX';
  });
  const moved: Moved[] = [];
  for (const [place, group] of groups) {
    const members = group.map(({ uid }) => uid);
    moved.push(await moveMessages(account, snoozedPath, members, place));
  }
  await forget(account.id, emailIds);
  return moved;
}

/** When each snoozed message comes back, by EMAILID. */
export async function listSnoozed(accountId: string): Promise<Map<string, Snoozed>> {
  const rows = await db.snooze.findMany({ where: { accountId }, take: mostSnoozed });
  return new Map(
    rows.map(({ emailId, folder, until }) => [emailId, { emailId, folder, until }] as const),
  );
}

async function forget(accountId: string, emailIds: string[]): Promise<void> {
  await write((tx) => tx.snooze.deleteMany({ where: { accountId, emailId: { in: emailIds } } }));
}

async function readEmailIds(
  account: MailAccount,
  folder: string,
  uids: number[],
): Promise<string[]> {
  const found = await withMailbox(account, folder, async (client) =>
    client.fetchAll(formatUidSet(uids), { uid: true, threadId: true }, { uid: true }),
  );
  return found.flatMap(({ emailId }) => emailId ?? []);
}

async function ensureSnoozed(account: MailAccount): Promise<void> {
  const folders = await listFolders(account);
  if (!folders.some(({ path }) => path === snoozedPath)) await createFolder(account, snoozedPath);
}
