// What an account uses and may use. The counters stand on the account's row and move in the transaction
// that changes its messages; a copy counts like a message of its own.
import { db, sql, type Tx } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { readSetting } from '#lib/settings/index.ts';
import { readMailbox } from './mailbox-row.ts';

export type Quota = { limitBytes: number | null; usedBytes: number; usedMessages: number };

const defaultKey = 'storage.defaultQuotaBytes';

/** What the account uses; `limitBytes` is null where there is none. Refusal 'not-found'. */
export async function readQuota(accountId: string): Promise<Quota> {
  const account = await db.account.findUnique({
    where: { id: accountId },
    select: { quotaBytes: true, usedBytes: true, usedMessages: true },
  });
  if (!account) throw new Refusal('not-found', 'There is no such account.');
  const limit = Number(account.quotaBytes ?? (await readSetting(defaultKey)));
  return {
    limitBytes: limit === 0 ? null : limit,
    usedBytes: Number(account.usedBytes),
    usedMessages: Number(account.usedMessages),
  };
}

/**
 * Counts messages that are about to be put into a mailbox, if they fit; changes nothing where it refuses, so that a caller
 * may go on in the same transaction. Refusal 'over-quota', 'not-found'.
 */
export async function takeQuota(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  sizeBytes: number,
  messages: number,
): Promise<void> {
  // The default is read in the same statement: inside a step there is only `tx`. No row = no limit.
  const limit = sql`COALESCE("quotaBytes",
    (SELECT CAST("value" AS BIGINT) FROM "Setting" WHERE "Setting"."id" = ${defaultKey}), 0)`;
  const taken = await tx.$executeRaw`UPDATE "Account" SET
    "usedBytes" = "usedBytes" + ${sizeBytes}, "usedMessages" = "usedMessages" + ${messages}
    WHERE "id" = ${accountId} AND (${limit} = 0 OR "usedBytes" + ${sizeBytes} <= ${limit})
    AND EXISTS (SELECT 1 FROM "Mailbox"
      WHERE "Mailbox"."accountId" = ${accountId} AND "Mailbox"."id" = ${mailboxId})`;
  if (taken > 0) return;
  await readMailbox(tx, accountId, mailboxId);
  const account = await tx.account.findUnique({ where: { id: accountId }, select: { id: true } });
  if (!account) throw new Refusal('not-found', 'There is no such account.');
  throw new Refusal('over-quota', 'The mailbox is full.');
}

/** Gives back what removed messages used. */
export async function returnQuota(
  tx: Tx,
  accountId: string,
  sizeBytes: number,
  messages: number,
): Promise<void> {
  await tx.$executeRaw`UPDATE "Account" SET "usedBytes" = "usedBytes" - ${sizeBytes},
    "usedMessages" = "usedMessages" - ${messages} WHERE "id" = ${accountId}`;
}
