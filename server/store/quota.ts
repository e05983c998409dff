// What an account uses and may use. The counters stand on the account's row and move in the transaction
// that changes its messages; a copy counts like a message of its own.
import { cutRows, db, join, sql, type Tx } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { readMailbox } from './mailbox-row.ts';

export type Quota = { limitBytes: number | null; usedBytes: number; usedMessages: number };

const defaultKey = 'storage.defaultQuotaBytes';

/**
 * SQL for the bytes that an account may use, 0 for no limit, beside its row. The default is read in the same
 * statement: one look instead of two, and inside a step there is only `tx`. No row of the setting = no limit.
 */
export const limitColumn = sql`COALESCE("Account"."quotaBytes",
  (SELECT CAST("value" AS BIGINT) FROM "Setting" WHERE "Setting"."id" = ${defaultKey}), 0)`;

type QuotaRow = { id: string } & Record<
  'limitBytes' | 'usedBytes' | 'usedMessages',
  bigint | number
>;

/** What the account uses; `limitBytes` is null where there is none. Refusal 'not-found'. */
export async function readQuota(accountId: string): Promise<Quota> {
  const quota = (await readQuotas([accountId])).get(accountId);
  if (!quota) throw new Refusal('not-found', 'There is no such account.');
  return quota;
}

/** What accounts use, by id; those that are no more are left out. */
export async function readQuotas(accountIds: string[]): Promise<Map<string, Quota>> {
  const quotas = new Map<string, Quota>();
  for (const part of cutRows(accountIds.map((accountId) => sql`${accountId}`))) {
    const rows = await db.$queryRaw<
      QuotaRow[]
    >`SELECT "id", ${limitColumn} AS "limitBytes", "usedBytes",
      "usedMessages" FROM "Account" WHERE "id" IN (${join(part)})`;
    for (const row of rows) {
      quotas.set(row.id, {
        limitBytes: Number(row.limitBytes) || null,
        usedBytes: Number(row.usedBytes),
        usedMessages: Number(row.usedMessages),
      });
    }
  }
  return quotas;
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
  const taken = await tx.$executeRaw`UPDATE "Account" SET
    "usedBytes" = "usedBytes" + ${sizeBytes}, "usedMessages" = "usedMessages" + ${messages}
    WHERE "id" = ${accountId} AND (${limitColumn} = 0 OR "usedBytes" + ${sizeBytes} <= ${limitColumn})
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
