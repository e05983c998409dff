// Rows of accounts that are to come back whole go first: what a restore that was cut short has left, or what
// the timed job (server/store/cleanup.ts) has not removed yet.
import { db, raw, sql, type Tx, write } from '#lib/db.ts';
import { removeLogs } from '#server/store/change-log.ts';
import { removeSavedRolls } from '#server/store/saved-roll.ts';
import { accountTables } from './tables.ts';

const rowsPerStep = 2000;
const large = ['Message', 'Tombstone', 'PopUid'] as const;

type Key = { accountId: string; mailboxId: string; uid: bigint | number };

/** Removes every row of one account but its own one; in steps, since there may be many. */
export async function clearAccount(accountId: string): Promise<void> {
  await removeSavedRolls(accountId);
  await removeLogs(accountId);
  for (const table of large) await clearByUid(table, accountId, null);
  for (const { name } of accountTables) {
    await write((tx) => deleteOwn(tx, name, accountId));
  }
}

/** Removes the rows below a mailbox that has no row itself. */
export async function clearMailbox(accountId: string, mailboxId: string): Promise<void> {
  for (const table of large) await clearByUid(table, accountId, mailboxId);
  for (const name of ['MailboxRight', 'Annotation', 'SavedRoll', 'MailboxChange']) {
    await write(
      (tx) => tx.$executeRaw`DELETE FROM ${raw(`"${name}"`)}
        WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}`,
    );
  }
}

/** Removes every row of all accounts but their own ones. */
export async function clearAccounts(): Promise<void> {
  await removeSavedRolls(null);
  await removeLogs(null);
  for (const table of large) await clearByUid(table, null, null);
  for (const { name } of accountTables) {
    await write((tx) => tx.$executeRaw(sql`DELETE FROM ${raw(`"${name}"`)}`));
  }
}

async function deleteOwn(tx: Tx, table: string, accountId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM ${raw(`"${table}"`)} WHERE "accountId" = ${accountId}`;
}

async function clearByUid(
  table: (typeof large)[number],
  accountId: string | null,
  mailboxId: string | null,
): Promise<void> {
  const name = raw(`"${table}"`);
  const ofAccount = accountId === null ? sql`1 = 1` : sql`"accountId" = ${accountId}`;
  const ofMailbox = mailboxId === null ? sql`1 = 1` : sql`"mailboxId" = ${mailboxId}`;
  for (;;) {
    const keys = await db.$queryRaw<Key[]>`SELECT "accountId", "mailboxId", "uid" FROM ${name}
      WHERE ${ofAccount} AND ${ofMailbox}
      ORDER BY "accountId", "mailboxId", "uid" LIMIT ${rowsPerStep}`;
    const [first] = keys;
    if (!first) return;
    const same = keys.filter(
      (key) => key.accountId === first.accountId && key.mailboxId === first.mailboxId,
    );
    const lastUid = Number(same.at(-1)?.uid);
    await write(
      (tx) => tx.$executeRaw`DELETE FROM ${name} WHERE "accountId" = ${first.accountId}
        AND "mailboxId" = ${first.mailboxId} AND "uid" <= ${lastUid}`,
    );
  }
}
