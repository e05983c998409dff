// All outgoing mail of one user, held and let go: by the brake on stolen logins ("burst") or by hand ("admin"). Mail
// that the user submits meanwhile is taken and held too (server/delivery), and what is being sent right now is held
// when it comes back: before each attempt the account is asked (server/queue/claim.ts).
import { type Account, endLogin, toAccount } from '#lib/accounts/account.ts';
import { lockSendingDay, releasedReason } from '#lib/accounts/sending-ledger.ts';
import { now } from '#lib/clock.ts';
import { db, sql, type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { poke } from '#lib/poke.ts';
import { recordEventIn } from '#lib/trail/record.ts';

/** Of one account, in SQL. */
const ofAccount = (accountId: string) => sql`"messageId" IN (
  SELECT "QueueMessage"."id" FROM "QueueMessage" WHERE "QueueMessage"."accountId" = ${accountId})`;
/** What a rule holds stays held whoever sent it. */
const isOfSender = sql`"state" = 'held' AND "holdReason" IN ('burst', 'admin')`;

/**
 * Holds the account's mail inside a step of the caller; false where it is held already, by whomever. `why` is for
 * administrators. Takes the account's row after the mailboxes, as everywhere.
 */
export async function holdSendingIn(
  tx: Tx,
  accountId: string,
  hold: 'burst' | 'admin',
  by: string,
  why: string,
): Promise<boolean> {
  const { count } = await tx.account.updateMany({
    where: { id: accountId, sendingHold: '' },
    data: { sendingHold: hold },
  });
  if (count === 0) return false;
  const held =
    await tx.$executeRaw`UPDATE "QueueRecipient" SET "state" = 'held', "holdReason" = ${hold}
    WHERE "state" = 'queued' AND ${ofAccount(accountId)}`;
  const queued = held > 0 ? `; recipients in the queue: ${held}` : '';
  await recordSending(tx, accountId, by, 'sending-held', `outgoing mail held: ${why}${queued}`);
  return true;
}

/** Holds by hand. Refusal 'not-found'; nothing happens where it is held already. */
export async function holdSending(accountId: string, by: string): Promise<void> {
  await write(async (tx) => {
    await lockSendingDay(tx, accountId);
    await requireIn(tx, accountId);
    await holdSendingIn(tx, accountId, 'admin', by, 'by an administrator');
  });
  poke('queue');
}

/** Lets the user send again and everything go that was held for that; returns how many recipients. Refusal 'not-found'. */
export async function releaseSending(accountId: string, by: string): Promise<number> {
  const released = await write(async (tx) => {
    // What is being taken right now is either among the rows already or sees that it is free.
    await lockSendingDay(tx, accountId);
    const { sendingHold } = await requireIn(tx, accountId);
    await tx.account.update({ where: { id: accountId }, data: { sendingHold: '' } });
    const at = now();
    const count =
      await tx.$executeRaw`UPDATE "QueueRecipient" SET "state" = 'queued', "holdReason" = '',
      "createdAt" = ${at}, "isDelayTold" = ${false}, "nextAttemptAt" = COALESCE((
        SELECT "QueueMessage"."releaseAt" FROM "QueueMessage"
        WHERE "QueueMessage"."id" = "QueueRecipient"."messageId" AND "QueueMessage"."releaseAt" > ${at}), ${at})
      WHERE ${isOfSender} AND ${ofAccount(accountId)}`;
    if (sendingHold || count > 0) {
      const text = `outgoing mail released; recipients: ${count}`;
      await recordSending(tx, accountId, by, releasedReason, text);
    }
    return count;
  });
  poke('queue');
  return released;
}

/**
 * Ends every session of the user and the password with them: nobody signs in until a new one is set. Mail still comes
 * in, what was held stays held, and what still waits is held. Refusal 'not-found', 'forbidden' (last administrator).
 */
export async function lockSender(accountId: string, by: string): Promise<Account> {
  const row = await write(async (tx) => {
    await lockSendingDay(tx, accountId);
    const before = await requireIn(tx, accountId);
    await holdSendingIn(tx, accountId, 'admin', by, 'the account is locked');
    await endLogin(tx, before);
    await recordSending(
      tx,
      accountId,
      by,
      'account-locked',
      'locked: no sign-in without a new password',
    );
    return requireIn(tx, accountId);
  });
  poke('queue');
  return toAccount(row);
}

/** Removes what is held of the user, without a bounce; returns how many recipients. Refusal 'not-found'. */
export async function dropHeldMail(accountId: string, by: string): Promise<number> {
  const dropped = await write(async (tx) => {
    await requireIn(tx, accountId);
    const count = await tx.$executeRaw`DELETE FROM "QueueRecipient"
      WHERE ${isOfSender} AND ${ofAccount(accountId)}`;
    await tx.$executeRaw`DELETE FROM "QueueMessage" WHERE "accountId" = ${accountId} AND NOT EXISTS (
      SELECT 1 FROM "QueueRecipient" WHERE "QueueRecipient"."messageId" = "QueueMessage"."id")`;
    const text = `held mail dropped; recipients: ${count}`;
    await recordSending(tx, accountId, by, 'held-dropped', text);
    return count;
  });
  poke('queue');
  return dropped;
}

export type HeldSender = {
  account: Account;
  /** Recipients that wait for it. */
  held: number;
};

/** Users whose mail is held, by address; with `domainIds` those of these domains. */
export async function listHeldSenders(domainIds?: string[]): Promise<HeldSender[]> {
  const rows = await db.account.findMany({
    where: { sendingHold: { not: '' }, domainId: domainIds && { in: domainIds } },
    orderBy: { address: 'asc' },
    take: 100,
  });
  return Promise.all(
    rows.map(async (row) => ({ account: toAccount(row), held: await countHeld(row.id) })),
  );
}

/** Recipients of the account's mail that are held for its sender. */
export async function countHeld(accountId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ total: bigint | number }[]>`
    SELECT COUNT(*) AS "total" FROM "QueueRecipient" WHERE ${isOfSender} AND ${ofAccount(accountId)}`;
  return Number(row?.total ?? 0);
}

async function requireIn(tx: Tx, accountId: string) {
  const row = await tx.account.findUnique({ where: { id: accountId } });
  if (!row) throw new Refusal('not-found', 'This user is not here any more.');
  return row;
}

async function recordSending(
  tx: Tx,
  accountId: string,
  by: string,
  reason: string,
  text: string,
): Promise<void> {
  const account = await tx.account.findUnique({
    where: { id: accountId },
    select: { address: true },
  });
  await recordEventIn(tx, {
    traceId: newId(),
    kind: 'changed',
    accountId,
    sender: by,
    recipient: `user ${account?.address ?? accountId}`,
    reason,
    text,
  });
}
