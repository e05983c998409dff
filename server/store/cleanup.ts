// What nothing points to any more goes: rows of removed accounts, blobs without a message, files without a
// row, bodies that arrived halfway. A timed job; it may be cut short at any point, the next run goes on.
//
// Invariant: a file goes only after it was seen without a row for the whole grace, by a clock that does not
// jump, and while nobody in this process has it staged: somebody may be about to insert its row.
import { rm } from 'node:fs/promises';
import { fromNow, uptimeMs } from '#lib/clock.ts';
import { db, join, raw, sql, type Tx, write } from '#lib/db.ts';
import { mailTables, ownTables } from './account-tables.ts';
import {
  blobPath,
  type FileMark,
  isSameFile,
  listBlobFiles,
  listTemporaries,
  readMark,
  removeBlobFile,
} from './bodies/blob-files.ts';
import { isStaged } from './bodies/staged-bodies.ts';
import { deleteContent } from './mailbox-removal.ts';
import { type MailboxRow, mailboxColumns, toMailbox } from './mailbox-row.ts';
import { nextTurn } from './turn.ts';

const hourMs = 3_600_000;
/** Files that are remembered from run to run; more than that wait their turn. */
const maxSeen = 50_000;
const blobsPerLook = 500;

export type Removed = { accounts: number; blobs: number; files: number; temporaries: number };

/** Removes orphans of all kinds that have been some for `graceMs`; returns how many. */
export async function removeOrphans(graceMs = hourMs): Promise<Removed> {
  const before = fromNow(-graceMs);
  const accounts = await removeAccountRows();
  const blobs = await removeBlobs(before);
  const files = await removeFiles(graceMs);
  const temporaries = await removeTemporaries(graceMs);
  forgetUnseen();
  return { accounts, blobs, files, temporaries };
}

type Seen = FileMark & { sinceMs: number; run: number };

/** By path: what was there without a row in former runs, and since when. */
const seen = new Map<string, Seen>();
let run = 0;

/** True where this very file was there without a row for the whole grace. */
function isSeenLongEnough(path: string, mark: FileMark, graceMs: number): boolean {
  const known = seen.get(path);
  const isKnown = known !== undefined && isSameFile(known, mark);
  const sinceMs = isKnown ? known.sinceMs : uptimeMs();
  if (isKnown || seen.size < maxSeen) seen.set(path, { ...mark, sinceMs, run });
  return uptimeMs() - sinceMs >= graceMs;
}

function forgetUnseen(): void {
  for (const [path, { run: last }] of seen) if (last !== run) seen.delete(path);
  run++;
}

const accountTables = [...mailTables, ...ownTables];

/** Mail of accounts that are no more (lib/accounts removes their other rows). */
async function removeAccountRows(): Promise<number> {
  const orphans = ['Mailbox', ...accountTables].map(
    (table) => sql`SELECT DISTINCT "accountId" FROM ${raw(`"${table}"`)} AS o
      WHERE "accountId" <> '' AND NOT EXISTS (
        SELECT 1 FROM "Account" WHERE "Account"."id" = o."accountId")`,
  );
  const gone = await db.$queryRaw<{ accountId: string }[]>`${join(orphans, ' UNION ')}`;
  for (const { accountId } of gone) {
    const mailboxes = await db.$queryRaw<MailboxRow[]>`SELECT ${mailboxColumns} FROM "Mailbox"
      WHERE "accountId" = ${accountId}`;
    for (const mailbox of mailboxes) await write((tx) => deleteContent(tx, toMailbox(mailbox)));
    await write(async (tx) => {
      for (const table of accountTables) {
        await tx.$executeRaw`DELETE FROM ${raw(`"${table}"`)} WHERE "accountId" = ${accountId}`;
      }
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

/** Removes those that are still unused. Their files have no row then, and go when that has lasted. */
async function removeUnused(ids: number[], before: Date): Promise<number> {
  return write((tx) => deleteBlobRows(tx, ids, before));
}

async function deleteBlobRows(tx: Tx, ids: number[], before: Date): Promise<number> {
  // Asked again inside the transaction: insertBlobs renews the time of a blob that it uses.
  const gone = await tx.$queryRaw<{ id: number }[]>`DELETE FROM "Blob"
    WHERE "id" IN (${join(ids)}) AND "createdAt" < ${before}
    AND NOT EXISTS (SELECT 1 FROM "Message" WHERE "blobId" = "Blob"."id")
    AND NOT EXISTS (SELECT 1 FROM "QueueMessage" WHERE "blobId" = "Blob"."id")
    RETURNING "id"`;
  if (gone.length === 0) return 0;
  const list = join(gone.map((blob) => blob.id));
  await tx.$executeRaw`DELETE FROM "BlobBytes" WHERE "blobId" IN (${list})`;
  await tx.$executeRaw`DELETE FROM "Rendering" WHERE "blobId" IN (${list})`;
  await tx.$executeRaw`DELETE FROM "RenderingText" WHERE "blobId" IN (${list})`;
  return gone.length;
}

/** Files whose transaction failed, or whose row was removed. */
async function removeFiles(graceMs: number): Promise<number> {
  let removed = 0;
  for await (const hashes of listBlobFiles()) {
    for (let start = 0; start < hashes.length; start += blobsPerLook) {
      const part = hashes.slice(start, start + blobsPerLook);
      const known = await findKnown(part);
      for (const hash of part) {
        if (known.has(hash) || isStaged(hash)) continue;
        const mark = await readMark(blobPath(hash));
        if (!mark || !isSeenLongEnough(blobPath(hash), mark, graceMs)) continue;
        // Looked at again behind its mark: a row that came since the list was read is of this file.
        const isKnown = (await findKnown([hash])).has(hash);
        if (!isKnown && (await removeBlobFile(hash, mark, () => isStaged(hash)))) removed++;
      }
      await nextTurn();
    }
  }
  return removed;
}

async function findKnown(hashes: string[]): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ hash: string }[]>`SELECT "hash" FROM "Blob"
    WHERE "hash" IN (${join(hashes)}) AND "place" = 'file'`;
  return new Set(rows.map((row) => row.hash));
}

/** What arrived halfway and was not touched since. */
async function removeTemporaries(graceMs: number): Promise<number> {
  let removed = 0;
  for (const path of await listTemporaries()) {
    const mark = await readMark(path);
    if (!mark || !isSeenLongEnough(path, mark, graceMs)) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}
