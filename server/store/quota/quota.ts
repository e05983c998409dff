// What accounts use and may use: bytes and messages, of the account and of all accounts of its domain. The
// counters stand on the account's row and move in the transaction that changes its messages; a copy counts
// like a message of its own, what lies in the mailboxes of deleted messages does not. A domain has no counter:
// where it has a limit, its accounts are summed up under a lock of its row.
//
// Invariant: whoever adds to a counter has locked, in this order, the mailboxes, the accounts by id, the
// domains with limits by id; so two transactions never both take the last room.
import { cutRows, type Db, db, empty, join, type Sql, sql, type Tx } from '#lib/db.ts';
import { lockRows } from '#lib/dialect/index.ts';
import { Refusal } from '#lib/errors.ts';
import { FLAG } from '../flag-bits.ts';

/** What is used and what may be; a limit is null where there is none. */
export type Room = {
  limitBytes: number | null;
  usedBytes: number;
  limitMessages: number | null;
  usedMessages: number;
};

/** An account's room; `domain` is null where its domain has no limit. */
export type Quota = Room & { domain: (Room & { name: string }) | null };

/** SQL for a limit of an account, 0 for none: its own, else that of the setting. No row of the setting = no limit. */
const limitOf = (own: Sql, defaultKey: string) => sql`COALESCE(${own},
  (SELECT CAST("value" AS BIGINT) FROM "Setting" WHERE "Setting"."id" = ${defaultKey}), 0)`;
/**
 * Columns that stand beside the row of "Account". The defaults are read in the same statement: one look
 * instead of two, and inside a step there is only `tx`.
 */
export const limitColumns = sql`
  ${limitOf(sql`"Account"."quotaBytes"`, 'storage.defaultQuotaBytes')} AS "limitBytes",
  ${limitOf(sql`"Account"."quotaMessages"`, 'storage.defaultQuotaMessages')} AS "limitMessages"`;

export type RoomRow = Record<keyof Room, bigint | number>;
type AccountRow = RoomRow & { id: string; domainId: string; hasDomainLimit: bigint | number };
type DomainRow = RoomRow & { id: string; name: string };

/** What the account uses. Refusal 'not-found'. */
export async function readQuota(accountId: string): Promise<Quota> {
  const quota = (await readQuotas([accountId])).get(accountId);
  if (!quota) throw new Refusal('not-found', 'There is no such account.');
  return quota;
}

/** What accounts use, by id; those that are no more are left out. */
export function readQuotas(accountIds: string[]): Promise<Map<string, Quota>> {
  return selectQuotas(db, accountIds, false);
}

/** The same inside a step, true until it ends; after the mailboxes are locked. Accounts of one domain share its object. */
export function lockQuotas(tx: Tx, accountIds: string[]): Promise<Map<string, Quota>> {
  return selectQuotas(tx, accountIds, true);
}

async function selectQuotas(
  source: Db,
  accountIds: string[],
  isLocking: boolean,
): Promise<Map<string, Quota>> {
  const found: AccountRow[] = [];
  const ids = [...new Set(accountIds)].sort();
  for (const part of cutRows(ids.map((id) => sql`${id}`))) {
    const rows = await source.$queryRaw<AccountRow[]>`SELECT "Account"."id", "domainId",
        "usedBytes", "usedMessages", ${limitColumns},
        CASE WHEN "Domain"."quotaBytes" > 0 OR "Domain"."quotaMessages" > 0
          THEN 1 ELSE 0 END AS "hasDomainLimit"
      FROM "Account" LEFT JOIN "Domain" ON "Domain"."id" = "Account"."domainId"
      WHERE "Account"."id" IN (${join(part)}) ORDER BY "Account"."id"
      ${isLocking ? lockRows('Account') : empty}`;
    found.push(...rows);
  }
  const limited = found.filter((row) => Number(row.hasDomainLimit) === 1);
  const domains = await selectDomains(
    source,
    limited.map((row) => row.domainId),
    isLocking,
  );
  return new Map(
    found.map((row) => [row.id, { ...toRoom(row), domain: domains.get(row.domainId) ?? null }]),
  );
}

async function selectDomains(
  source: Db,
  domainIds: string[],
  isLocking: boolean,
): Promise<Map<string, Room & { name: string }>> {
  const domains = new Map<string, Room & { name: string }>();
  const ids = [...new Set(domainIds)].sort();
  for (const part of cutRows(ids.map((id) => sql`${id}`))) {
    if (isLocking) {
      // A statement of its own: the sum must see what was committed while the lock was waited for.
      await source.$queryRaw`SELECT "id" FROM "Domain" WHERE "id" IN (${join(part)})
        ORDER BY "id" ${lockRows()}`;
    }
    const rows = await source.$queryRaw<DomainRow[]>`SELECT "Domain"."id", "Domain"."name",
        "Domain"."quotaBytes" AS "limitBytes", "Domain"."quotaMessages" AS "limitMessages",
        CAST(SUM("Account"."usedBytes") AS BIGINT) AS "usedBytes",
        CAST(SUM("Account"."usedMessages") AS BIGINT) AS "usedMessages"
      FROM "Domain" JOIN "Account" ON "Account"."domainId" = "Domain"."id"
      WHERE "Domain"."id" IN (${join(part)}) GROUP BY "Domain"."id"`;
    for (const row of rows) domains.set(row.id, { name: row.name, ...toRoom(row) });
  }
  return domains;
}

/** A row of these columns, where 0 stands for no limit. */
export function toRoom(row: RoomRow): Room {
  return {
    limitBytes: Number(row.limitBytes) || null,
    usedBytes: Number(row.usedBytes),
    limitMessages: Number(row.limitMessages) || null,
    usedMessages: Number(row.usedMessages),
  };
}

/** What would be too much if so many bytes and messages were added, in words for a person; null where they fit. */
export function findExcess(quota: Quota, sizeBytes: number, messages: number): string | null {
  return findOwnExcess(quota, sizeBytes, messages) ?? findDomainExcess(quota, sizeBytes, messages);
}

/** The same by the limits of the account alone. */
export function findOwnExcess(quota: Room, sizeBytes: number, messages: number): string | null {
  if (isOver(quota.limitBytes, quota.usedBytes + sizeBytes)) return 'The mailbox is full.';
  if (isOver(quota.limitMessages, quota.usedMessages + messages)) {
    return 'The mailbox is full: it has as many messages as it may hold.';
  }
  return null;
}

/** The same by the limits of its domain alone. */
export function findDomainExcess(
  { domain }: Quota,
  sizeBytes: number,
  messages: number,
): string | null {
  if (!domain) return null;
  if (isOver(domain.limitBytes, domain.usedBytes + sizeBytes)) {
    return `The domain ${domain.name} has used up its storage.`;
  }
  if (isOver(domain.limitMessages, domain.usedMessages + messages)) {
    return `The domain ${domain.name} has as many messages as it may hold.`;
  }
  return null;
}

/** True where a message of that size has no room even if nothing else were there. */
export function isLargerThanAll(quota: Quota, sizeBytes: number): boolean {
  return isOver(quota.limitBytes, sizeBytes) || isOver(quota.domain?.limitBytes ?? null, sizeBytes);
}

function isOver(limit: number | null, used: number): boolean {
  return limit !== null && used > limit;
}

/** What removing the messages with \\Deleted would give back (RFC 9208 §4.1.4). */
export async function countDeleted(mailbox: {
  accountId: string;
  id: string;
}): Promise<{ messages: number; sizeBytes: number }> {
  const rows = await db.$queryRaw<Record<'messages' | 'sizeBytes', bigint | number>[]>`
    SELECT COUNT(*) AS "messages", CAST(COALESCE(SUM("sizeBytes"), 0) AS BIGINT) AS "sizeBytes"
    FROM "Message" WHERE "accountId" = ${mailbox.accountId} AND "mailboxId" = ${mailbox.id}
    AND ("flags" & ${FLAG.deleted}) <> 0`;
  return { messages: Number(rows[0]?.messages), sizeBytes: Number(rows[0]?.sizeBytes) };
}

/**
 * Counts messages that are about to be put into a mailbox that the caller has locked, if they fit; changes nothing
 * where it refuses, so that a caller may go on in the same transaction. Refusal 'over-quota', 'not-found'.
 */
export async function takeQuota(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  sizeBytes: number,
  messages: number,
): Promise<void> {
  const quota = (await lockQuotas(tx, [accountId])).get(accountId);
  if (!quota) throw new Refusal('not-found', 'There is no such account.');
  const excess = findExcess(quota, sizeBytes, messages);
  if (excess) throw new Refusal('over-quota', excess);
  const taken = await tx.$executeRaw`UPDATE "Account" SET
    "usedBytes" = "usedBytes" + ${sizeBytes}, "usedMessages" = "usedMessages" + ${messages}
    WHERE "id" = ${accountId} AND EXISTS (SELECT 1 FROM "Mailbox"
      WHERE "Mailbox"."accountId" = ${accountId} AND "Mailbox"."id" = ${mailboxId})`;
  if (taken === 0) throw new Refusal('not-found', 'There is no such mailbox.');
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
