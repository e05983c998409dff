// The row of each mailbox: its counters equal its messages, its numbers lie above theirs.
import { sql, type Tx, write } from '#lib/db.ts';
import { lastUid, lockMailbox } from '../mailbox-row.ts';
import { type Found, type Look, readPages } from './finding.ts';

type Numbers =
  | 'uidNext'
  | 'recentUid'
  | 'highestModseq'
  | 'floorModseq'
  | 'messages'
  | 'unseen'
  | 'sizeBytes';
type MailboxRow = Record<Numbers | 'rows' | 'unseenRows', bigint | number> & {
  accountId: string;
  id: string;
  name: string;
} & Record<
    'rowBytes' | 'lastUid' | 'lastModseq' | 'goneUid' | 'goneModseq',
    bigint | number | null
  >;

const pageSize = 20;

/** Counters and numbers of every mailbox. */
export const lookAtMailboxes: Look = async function* () {
  const pages = readPages<MailboxRow>(
    (
      last,
    ) => sql`SELECT b."accountId", b."id", b."name", b."uidNext", b."recentUid", b."highestModseq",
        b."floorModseq", b."messages", b."unseen", b."sizeBytes",
        COUNT(m."uid") AS "rows", SUM(CASE WHEN (m."flags" & 1) = 0 THEN 1 ELSE 0 END) AS "unseenRows",
        SUM(m."sizeBytes") AS "rowBytes", MAX(m."uid") AS "lastUid", MAX(m."modseq") AS "lastModseq",
        (SELECT MAX(t."uid") FROM "Tombstone" t WHERE t."accountId" = b."accountId"
          AND t."mailboxId" = b."id") AS "goneUid",
        (SELECT MAX(t."modseq") FROM "Tombstone" t WHERE t."accountId" = b."accountId"
          AND t."mailboxId" = b."id") AS "goneModseq"
      FROM "Mailbox" b
      LEFT JOIN "Message" m ON m."accountId" = b."accountId" AND m."mailboxId" = b."id"
      WHERE (b."accountId", b."id") > (${last?.accountId ?? ''}, ${last?.id ?? ''})
      GROUP BY b."accountId", b."id" ORDER BY b."accountId", b."id" LIMIT ${pageSize}`,
    pageSize,
  );
  for await (const rows of pages) for (const row of rows) yield* judge(row);
};

function* judge(row: MailboxRow): Generator<Found> {
  const { accountId, id, name: mailbox } = row;
  const place = { accountId, mailbox };
  const n = (value: bigint | number | null) => Number(value ?? 0);
  const counted = `${n(row.messages)} messages, ${n(row.unseen)} unseen, ${n(row.sizeBytes)} bytes`;
  const real = `${n(row.rows)} messages, ${n(row.unseenRows)} unseen, ${n(row.rowBytes)} bytes`;
  if (counted !== real) {
    yield {
      kind: 'mailbox-counters',
      ...place,
      text: `The mailbox counts ${counted}; there are ${real}.`,
      mend: () => write((tx) => countAgain(tx, accountId, id)),
    };
  }
  const last = Math.max(n(row.lastUid), n(row.goneUid));
  const [uidNext, recentUid] = [n(row.uidNext), n(row.recentUid)];
  if (uidNext <= last || uidNext < 1) {
    yield {
      kind: 'uidnext-low',
      ...place,
      text: `UIDNEXT is ${uidNext}, UID ${last} was given already.`,
      mend: () => write((tx) => raiseNumbers(tx, accountId, id)),
    };
  }
  if (uidNext > lastUid + 1) {
    yield { kind: 'uidnext-high', ...place, text: `UIDNEXT ${uidNext} has more than 32 bits.` };
  }
  const lastModseq = Math.max(n(row.lastModseq), n(row.goneModseq));
  const highest = n(row.highestModseq);
  if (highest < lastModseq || highest < 1) {
    yield {
      kind: 'highestmodseq-low',
      ...place,
      text: `HIGHESTMODSEQ is ${highest}, MODSEQ ${lastModseq} was given already.`,
      mend: () => write((tx) => raiseNumbers(tx, accountId, id)),
    };
  }
  if (recentUid < 1 || recentUid > Math.max(uidNext, last + 1)) {
    yield {
      kind: 'recent-uid',
      ...place,
      text: `The first recent UID is ${recentUid}, UIDNEXT ${uidNext}.`,
      mend: () => write((tx) => raiseNumbers(tx, accountId, id)),
    };
  }
  if (n(row.floorModseq) < 0 || n(row.floorModseq) > Math.max(highest, lastModseq)) {
    yield {
      kind: 'floor-modseq',
      ...place,
      text: `Tombstones are gone up to MODSEQ ${row.floorModseq}, but the mailbox is at ${highest}.`,
      mend: () => write((tx) => raiseNumbers(tx, accountId, id)),
    };
  }
}

async function countAgain(tx: Tx, accountId: string, id: string): Promise<string> {
  await lockMailbox(tx, accountId, id);
  await tx.$executeRaw`UPDATE "Mailbox" SET "highestModseq" = "highestModseq" + 1,
    "messages" = (SELECT COUNT(*) FROM "Message" m
      WHERE m."accountId" = ${accountId} AND m."mailboxId" = ${id}),
    "unseen" = (SELECT COUNT(*) FROM "Message" m
      WHERE m."accountId" = ${accountId} AND m."mailboxId" = ${id} AND (m."flags" & 1) = 0),
    "sizeBytes" = (SELECT COALESCE(SUM(m."sizeBytes"), 0) FROM "Message" m
      WHERE m."accountId" = ${accountId} AND m."mailboxId" = ${id})
    WHERE "accountId" = ${accountId} AND "id" = ${id}`;
  return 'The messages were counted again.';
}

/** Puts the mailbox's numbers above everything it has given. */
async function raiseNumbers(tx: Tx, accountId: string, id: string): Promise<string> {
  await lockMailbox(tx, accountId, id);
  const [given] = await tx.$queryRaw<Record<'uid' | 'modseq', bigint | number>[]>`
    SELECT COALESCE(MAX(g."uid"), 0) AS "uid", COALESCE(MAX(g."modseq"), 0) AS "modseq" FROM (
      SELECT MAX("uid") AS "uid", MAX("modseq") AS "modseq" FROM "Message"
        WHERE "accountId" = ${accountId} AND "mailboxId" = ${id}
      UNION ALL SELECT MAX("uid"), MAX("modseq") FROM "Tombstone"
        WHERE "accountId" = ${accountId} AND "mailboxId" = ${id}) AS g`;
  const [nextUid, modseq] = [Number(given!.uid) + 1, Number(given!.modseq) + 1];
  // One after the other: each looks at what the former left.
  const own = sql`"accountId" = ${accountId} AND "id" = ${id}`;
  await tx.$executeRaw`UPDATE "Mailbox" SET "uidNext" = ${nextUid} WHERE ${own} AND "uidNext" < ${nextUid}`;
  await tx.$executeRaw`UPDATE "Mailbox" SET "highestModseq" = ${modseq}
    WHERE ${own} AND "highestModseq" < ${modseq}`;
  await tx.$executeRaw`UPDATE "Mailbox" SET "recentUid" = "uidNext"
    WHERE ${own} AND ("recentUid" < 1 OR "recentUid" > "uidNext")`;
  await tx.$executeRaw`UPDATE "Mailbox" SET "floorModseq" = "highestModseq"
    WHERE ${own} AND ("floorModseq" < 0 OR "floorModseq" > "highestModseq")`;
  return 'The numbers stand above all that were given.';
}
