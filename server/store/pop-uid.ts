// UIDLs that messages brought from another server (RFC 1939 §7), so that POP3 clients do not fetch everything
// again. A row belongs to a UID of one mailbox: a message that leaves INBOX loses it, and since no UID comes
// twice, a row whose message has gone is harmless until the job removes it.
import { db, insertRows, sql, type Tx, write } from '#lib/db.ts';

export type PopUid = { uid: number; text: string };

/** RFC 1939 §7: 1 to 70 characters from 0x21 to 0x7E. */
export function isPopUid(text: string): boolean {
  return /^[\x21-\x7e]{1,70}$/.test(text);
}

/**
 * What a message without a row answers: UID and UIDVALIDITY in hexadecimal, 8 digits each, as Dovecot's
 * default (%08Xu%08Xv) writes them.
 */
export function defaultPopUid(uid: number, uidValidity: number): string {
  return hex8(uid) + hex8(uidValidity);
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** Keeps UIDLs in the step that brings the messages. */
export async function insertPopUids(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  popUids: PopUid[],
): Promise<void> {
  const into = sql`INSERT INTO "PopUid" ("accountId", "mailboxId", "uid", "text")`;
  const rows = popUids.map(({ uid, text }) => sql`(${accountId}, ${mailboxId}, ${uid}, ${text})`);
  await insertRows(tx, into, rows, sql`ON CONFLICT DO NOTHING`);
}

/**
 * The kept UIDLs of a mailbox by UID; no text twice (RFC 1939 §7: unique within a maildrop): of two messages
 * with the same one, the first keeps it.
 */
export async function readPopUids(
  accountId: string,
  mailboxId: string,
): Promise<Map<number, string>> {
  const rows = await db.$queryRaw<{ uid: bigint | number; text: string }[]>`
    SELECT "uid", "text" FROM "PopUid" WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
    ORDER BY "uid"`;
  const texts = new Set<string>();
  const kept = new Map<number, string>();
  for (const { uid, text } of rows) {
    if (texts.has(text)) continue;
    texts.add(text);
    kept.set(Number(uid), text);
  }
  return kept;
}

/** Removes those whose message is no more. A timed job. */
export async function removePopUids(): Promise<{ popUids: number }> {
  const isSpent = sql`NOT EXISTS (SELECT 1 FROM "Message" WHERE "Message"."accountId" = "PopUid"."accountId"
    AND "Message"."mailboxId" = "PopUid"."mailboxId" AND "Message"."uid" = "PopUid"."uid")`;
  // The look needs no writer, and mostly finds nothing.
  const spent = await db.$queryRaw<unknown[]>`SELECT 1 FROM "PopUid" WHERE ${isSpent} LIMIT 1`;
  if (spent.length === 0) return { popUids: 0 };
  return { popUids: await write((tx) => tx.$executeRaw`DELETE FROM "PopUid" WHERE ${isSpent}`) };
}
