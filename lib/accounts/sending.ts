// What an account may send and has sent today, for pages, CLI and checks; the counting itself is in sending-ledger.ts.
import { cutRows, db, join, sql, write } from '../db.ts';
import { readSettings, type Settings } from '../settings/index.ts';
import {
  hashRecipient,
  type Limits,
  limitsOf,
  type SendingHold,
  sendingDay,
  startOfBurst,
} from './sending-ledger.ts';

export type SendingUsage = {
  hold: SendingHold;
  today: { messages: number; newRecipients: number };
  /** 0 = none */
  messageLimit: number;
  recipientLimit: number;
};

/** Today's use and the limits in force; null where there is no such account. */
export async function readSendingUsage(accountId: string): Promise<SendingUsage | null> {
  const settings = await readSettings();
  const [row] = await db.$queryRaw<
    (Limits & { messages: bigint | number | null; newRecipients: bigint | number | null })[]
  >`SELECT "sendingHold", "dailyMessages", "dailyRecipients", "messages", "newRecipients"
    FROM "Account" LEFT JOIN "SendingDay" ON "SendingDay"."accountId" = "Account"."id"
      AND "SendingDay"."day" = ${sendingDay()}
    WHERE "Account"."id" = ${accountId}`;
  if (!row) return null;
  return {
    hold: row.sendingHold as SendingHold,
    today: { messages: Number(row.messages ?? 0), newRecipients: Number(row.newRecipients ?? 0) },
    ...limitsOf(row, settings),
  };
}

/** How many of the addresses outside the account has not written to within a year. */
export async function countNewRecipients(accountId: string, addresses: string[]): Promise<number> {
  const hashes = [...new Set(addresses.map(hashRecipient))];
  let known = 0;
  for (const part of cutRows(hashes.map((hash) => sql`${hash}`))) {
    const rows = await db.$queryRaw<{ recipient: string }[]>`
      SELECT "recipient" FROM "KnownRecipient"
      WHERE "accountId" = ${accountId} AND "recipient" IN (${join(part)})`;
    known += rows.length;
  }
  return hashes.length - known;
}

/** Why so many recipients more that failed for good make a burst of the account; empty where they do not. */
export async function findFailureBurst(
  accountId: string,
  more: number,
  settings: Settings,
): Promise<string> {
  const limit = settings['sending.burstFailures'];
  if (limit === 0) return '';
  const minutes = settings['sending.burstMinutes'];
  const since = await startOfBurst(db, accountId, minutes);
  const [row] = await db.$queryRaw<{ failures: bigint | number }[]>`
    SELECT COUNT(*) AS "failures" FROM "TrailEvent"
    WHERE "accountId" = ${accountId} AND "at" > ${since}
      AND "kind" IN ('bounced', 'dropped') AND "reason" LIKE '5%'`;
  const failures = Number(row?.failures ?? 0) + more;
  if (failures <= limit) return '';
  return `${failures} recipients that failed for good within ${minutes} minutes`;
}

/** Days after which a recipient is new again, and after which nobody asks what was sent. */
const recipientDays = 365;
const sendingDays = 90;
const rowsPerDelete = 1000;

/** Removes what is old, and what removed accounts left; a timed job. */
export async function removeOldSending(): Promise<{ days: number; recipients: number }> {
  const today = sendingDay();
  const isOrphan = sql`NOT EXISTS (SELECT 1 FROM "Account" WHERE "Account"."id" = t."accountId")`;
  const removed = { days: 0, recipients: 0 };
  // In pieces, so that no transaction holds the writer for long.
  for (let count = rowsPerDelete; count === rowsPerDelete; removed.days += count) {
    count = await write(
      (tx) => tx.$executeRaw`DELETE FROM "SendingDay" WHERE ("accountId", "day") IN (
        SELECT t."accountId", t."day" FROM "SendingDay" t
        WHERE t."day" < ${today - sendingDays} OR ${isOrphan} LIMIT ${rowsPerDelete})`,
    );
  }
  for (let count = rowsPerDelete; count === rowsPerDelete; removed.recipients += count) {
    count = await write(
      (tx) => tx.$executeRaw`DELETE FROM "KnownRecipient" WHERE ("accountId", "recipient") IN (
        SELECT t."accountId", t."recipient" FROM "KnownRecipient" t
        WHERE t."day" < ${today - recipientDays} OR ${isOrphan} LIMIT ${rowsPerDelete})`,
    );
  }
  return removed;
}
