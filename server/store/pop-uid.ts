// UIDLs that messages brought from another server (RFC 1939 §7), so that POP3 clients do not fetch everything
// again. A row belongs to a UID of one mailbox: a message that leaves INBOX loses it, and since no UID comes
// twice, a row whose message has gone is harmless until the job removes it. One that is deleted takes its row into
// the twin, and comes back with the UIDL that it had.
import { cutRows, db, insertRows, join, sql, type Tx, write } from '#lib/db.ts';
import { readSetting, type Settings } from '#lib/settings/index.ts';
import { nextTurn } from './turn.ts';

const rowsPerLook = 1000;

export type PopUid = { uid: number; text: string };

/** RFC 1939 §7: 1 to 70 characters from 0x21 to 0x7E. */
export function isPopUid(text: string): boolean {
  return /^[\x21-\x7e]{1,70}$/.test(text);
}

export type PopUidFormat = Settings['pop3.uidlFormat'];

/**
 * What a message without a row answers: UID and UIDVALIDITY in hexadecimal, 8 digits each, as Dovecot's
 * default (%08Xu%08Xv) writes them, or another form that the setting names.
 */
export function defaultPopUid(
  uid: number,
  uidValidity: number,
  format: PopUidFormat = 'dovecot',
): string {
  if (format === 'cyrus') return `${uidValidity}.${uid}`;
  if (format === 'courier') return `${uidValidity}-${uid}`;
  if (format === 'courierText') return `UID${uid}-${uidValidity}`;
  return format === 'uid' ? String(uid) : hex8(uid) + hex8(uidValidity);
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

type Move = {
  accountId: string;
  fromId: string;
  toId: string;
  /** UID before and after. */
  pairs: [number, number][];
};

/** Lets rows go along with messages that moved; where there are none it costs one look. */
export async function movePopUids(tx: Tx, { accountId, fromId, toId, pairs }: Move): Promise<void> {
  const one = await tx.$queryRaw<unknown[]>`SELECT 1 AS "one" FROM "PopUid"
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${fromId} LIMIT 1`;
  if (one.length === 0) return;
  const moved: PopUid[] = [];
  for (const uids of cutRows(pairs.map(([uid]) => sql`${uid}`))) {
    const gone = await tx.$queryRaw<{ uid: bigint | number; text: string }[]>`DELETE FROM "PopUid"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${fromId} AND "uid" IN (${join(uids)})
      RETURNING "uid", "text"`;
    for (const { uid, text } of gone) moved.push({ uid: Number(uid), text });
  }
  const newUids = new Map(pairs);
  const rows = moved.map(({ uid, text }) => ({ uid: newUids.get(uid) ?? 0, text }));
  await insertPopUids(tx, accountId, toId, rows);
}

/**
 * Messages come back from the twin (`fromId`) into INBOX (`toId`): they get the UIDLs they had there. Those that had one of
 * our own making are known by the tombstones; where these are gone, they get new ones.
 */
export async function returnPopUids(tx: Tx, move: Move, uidValidity: number): Promise<void> {
  const { accountId, toId, pairs } = move;
  await movePopUids(tx, move);
  const newUids = new Map(pairs);
  const format = await readSetting('pop3.uidlFormat');
  const [first, last] = [pairs[0]?.[0] ?? 0, pairs.at(-1)?.[0] ?? 0];
  for (let uid = 0; ; ) {
    const rows = await tx.$queryRaw<Record<'uid' | 'keptUid', bigint | number>[]>`
      SELECT "uid", "keptUid" FROM "Tombstone" WHERE "accountId" = ${accountId}
      AND "mailboxId" = ${toId} AND "uid" > ${uid} AND "keptUid" BETWEEN ${first} AND ${last}
      ORDER BY "uid" LIMIT ${rowsPerLook}`;
    const told = rows.flatMap((row): PopUid[] => {
      const newUid = newUids.get(Number(row.keptUid));
      const text = defaultPopUid(Number(row.uid), uidValidity, format);
      return newUid === undefined ? [] : [{ uid: newUid, text }];
    });
    // A row that moved says more, and stays.
    await insertPopUids(tx, accountId, toId, told);
    if (rows.length < rowsPerLook) return;
    uid = Number(rows.at(-1)?.uid);
    await nextTurn();
  }
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
