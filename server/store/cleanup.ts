// What nothing points to any more goes: rows of removed accounts, blobs without a message, files without a
// row, bodies that arrived halfway. Everything younger than an hour stays: somebody may be about to use it.
// A timed job; it may be cut short at any point, the next run goes on.
import { fromNow } from '#lib/clock.ts';
import { db, join, type Tx, write } from '#lib/db.ts';
import { listBlobFiles, removeBlobFile, removeTemporaries } from './blob-files.ts';
import { deleteContent } from './mailbox-removal.ts';
import { type MailboxRow, mailboxColumns, toMailbox } from './mailbox-row.ts';
import { nextTurn } from './turn.ts';

const graceMs = 3_600_000;
const blobsPerLook = 500;

export type Removed = { accounts: number; blobs: number; files: number; temporaries: number };

/** Removes orphans of all kinds; returns how many. */
export async function removeOrphans(): Promise<Removed> {
  const before = fromNow(-graceMs);
  const accounts = await removeAccountRows();
  const blobs = await removeBlobs(before);
  const files = await removeFiles(before);
  return { accounts, blobs, files, temporaries: await removeTemporaries(before) };
}

/** Mail of accounts that are no more (lib/accounts removes their other rows). */
async function removeAccountRows(): Promise<number> {
  const gone = await db.$queryRaw<{ accountId: string }[]>`
    SELECT DISTINCT "accountId" FROM "Mailbox"
      WHERE NOT EXISTS (SELECT 1 FROM "Account" WHERE "Account"."id" = "accountId")
    UNION SELECT DISTINCT "accountId" FROM "Subscription"
      WHERE NOT EXISTS (SELECT 1 FROM "Account" WHERE "Account"."id" = "accountId")`;
  for (const { accountId } of gone) {
    const mailboxes = await db.$queryRaw<MailboxRow[]>`SELECT ${mailboxColumns} FROM "Mailbox"
      WHERE "accountId" = ${accountId}`;
    for (const mailbox of mailboxes) await write((tx) => deleteContent(tx, toMailbox(mailbox)));
    await write(async (tx) => {
      await tx.tombstone.deleteMany({ where: { accountId } });
      await tx.threadReference.deleteMany({ where: { accountId } });
      await tx.subscription.deleteMany({ where: { accountId } });
    });
  }
  return gone.length;
}

async function removeBlobs(before: Date): Promise<number> {
  let removed = 0;
  for (let last = 0; ; ) {
    // One bounded look after the other along the key, whatever the number of blobs.
    const rows = await db.$queryRaw<{ id: number; used: unknown }[]>`
      SELECT "Blob"."id", CASE WHEN EXISTS (SELECT 1 FROM "Message" WHERE "blobId" = "Blob"."id")
          OR EXISTS (SELECT 1 FROM "QueueMessage" WHERE "blobId" = "Blob"."id") THEN 1 ELSE 0 END AS "used"
      FROM "Blob" WHERE "id" > ${last} AND "createdAt" < ${before} ORDER BY "id" LIMIT ${blobsPerLook}`;
    const ids = rows.filter((row) => Number(row.used) === 0).map((row) => row.id);
    if (ids.length > 0) removed += await removeUnused(ids, before);
    const end = rows.at(-1)?.id;
    if (end === undefined || rows.length < blobsPerLook) return removed;
    last = end;
    await nextTurn();
  }
}

/** Removes those that are still unused, rows first, their files after the commit. */
async function removeUnused(ids: number[], before: Date): Promise<number> {
  const gone = await write((tx) => deleteBlobRows(tx, ids, before));
  for (const blob of gone) if (blob.place === 'file') await removeBlobFile(blob.hash, before);
  return gone.length;
}

async function deleteBlobRows(
  tx: Tx,
  ids: number[],
  before: Date,
): Promise<{ hash: string; place: string }[]> {
  // Asked again inside the transaction: insertBlob renews the time of a blob that it uses.
  const gone = await tx.$queryRaw<{ id: number; hash: string; place: string }[]>`DELETE FROM "Blob"
    WHERE "id" IN (${join(ids)}) AND "createdAt" < ${before}
    AND NOT EXISTS (SELECT 1 FROM "Message" WHERE "blobId" = "Blob"."id")
    AND NOT EXISTS (SELECT 1 FROM "QueueMessage" WHERE "blobId" = "Blob"."id")
    RETURNING "id", "hash", "place"`;
  if (gone.length === 0) return [];
  const list = join(gone.map((blob) => blob.id));
  await tx.$executeRaw`DELETE FROM "BlobBytes" WHERE "blobId" IN (${list})`;
  await tx.$executeRaw`DELETE FROM "Rendering" WHERE "blobId" IN (${list})`;
  await tx.$executeRaw`DELETE FROM "RenderingText" WHERE "blobId" IN (${list})`;
  return gone;
}

/** Files whose transaction failed, or whose removal was cut short. */
async function removeFiles(before: Date): Promise<number> {
  let removed = 0;
  for await (const hashes of listBlobFiles()) {
    for (let start = 0; start < hashes.length; start += blobsPerLook) {
      const part = hashes.slice(start, start + blobsPerLook);
      const rows = await db.blob.findMany({
        where: { hash: { in: part }, place: 'file' },
        select: { hash: true },
      });
      const known = new Set(rows.map((row) => row.hash));
      for (const hash of part) {
        if (!known.has(hash) && (await removeBlobFile(hash, before))) removed++;
      }
      await nextTurn();
    }
  }
  return removed;
}
