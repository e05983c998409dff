// Tombstones have a MODSEQ, and what they say of a deleted message is true. (Numbers beyond the mailbox's:
// mailboxes.ts.)
import { sql, write } from '#lib/db.ts';
import { recoverableName, recoverableRoot } from '../mailbox-name.ts';
import { type Found, type Look, readPages } from './finding.ts';

type TombstoneRow = Record<'uid' | 'modseq' | 'keptUid', bigint | number> & {
  accountId: string;
  mailboxId: string;
  mailbox: string;
  twinNext: bigint | number | null;
};

const pageSize = 500;

/** Tombstones of mailboxes that exist (others: leftovers.ts). */
export const lookAtTombstones: Look = async function* () {
  const pages = readPages<TombstoneRow>(
    (last) => sql`SELECT t."accountId", t."mailboxId", t."uid", t."modseq", t."keptUid",
        b."name" AS "mailbox",
        d."uidNext" AS "twinNext"
      FROM "Tombstone" t
      JOIN "Mailbox" b ON b."accountId" = t."accountId" AND b."id" = t."mailboxId"
      LEFT JOIN "Mailbox" d ON d."accountId" = t."accountId"
        AND d."name" = ${recoverableName('')} || b."name" AND d."specialUse" = ${recoverableRoot}
      WHERE (t."accountId", t."mailboxId", t."uid") >
        (${last?.accountId ?? ''}, ${last?.mailboxId ?? ''}, ${Number(last?.uid ?? 0)})
      ORDER BY t."accountId", t."mailboxId", t."uid" LIMIT ${pageSize}`,
    pageSize,
  );
  for await (const rows of pages) for (const row of rows) yield* judge(row);
};

function* judge(row: TombstoneRow): Generator<Found> {
  const { accountId, mailboxId, mailbox } = row;
  const uid = Number(row.uid);
  const place = { accountId, mailbox, uid };
  const modseq = Number(row.modseq);
  if (modseq < 1) {
    yield {
      kind: 'tombstone-modseq',
      ...place,
      text: `The expunge of UID ${uid} has MODSEQ ${modseq}.`,
      mend: () =>
        write(async (tx) => {
          await tx.$executeRaw`UPDATE "Tombstone" SET "modseq" = (SELECT "highestModseq" FROM "Mailbox"
            WHERE "Mailbox"."accountId" = ${accountId} AND "Mailbox"."id" = ${mailboxId})
            WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND "uid" = ${uid}`;
          return `The tombstone of ${uid} has the mailbox's MODSEQ.`;
        }),
    };
  }
  // A kept message may be restored or purged, and its UID is never used again: it need not be there.
  const keptUid = Number(row.keptUid);
  if (keptUid < 0 || keptUid >= Number(row.twinNext ?? Number.POSITIVE_INFINITY)) {
    yield {
      kind: 'kept-uid-beyond',
      ...place,
      text: `Deleted message ${uid} should be kept under UID ${keptUid}, which was never given.`,
      mend: () =>
        write(async (tx) => {
          await tx.$executeRaw`UPDATE "Tombstone" SET "keptUid" = 0 WHERE "accountId" = ${accountId}
            AND "mailboxId" = ${mailboxId} AND "uid" = ${uid}`;
          return `The tombstone of ${uid} no longer says that the message is kept.`;
        }),
    };
  }
}
