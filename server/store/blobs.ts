// Blobs: the immutable bodies that message rows and queue rows point to, shared by content. Small ones are
// rows, large ones files; nobody outside these files knows which.
import { now } from '#lib/clock.ts';
import { db, sql, type Tx } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { recallBody, rememberBody } from './blob-cache.ts';
import { readBlobFile } from './blob-files.ts';
import { insertRendering } from './rendering.ts';
import type { StagedBody } from './stage.ts';

export { createStage, readStaged, type Stage, type StagedBody, stageBytes } from './stage.ts';

/**
 * Makes sure that the blob has its row (and its rendering, once). The message or queue row that points to
 * it belongs into the same step. The time is renewed also where the row is there: whoever removes orphans
 * sees that somebody wants it, or has removed it before and it is inserted again.
 */
export async function insertBlob(tx: Tx, staged: StagedBody): Promise<void> {
  const createdAt = now();
  const place = staged.bytes ? 'row' : 'file';
  const insert = sql`INSERT INTO "Blob" ("id", "sizeBytes", "place", "createdAt")
    VALUES (${staged.id}, ${staged.sizeBytes}, ${place}, ${createdAt})`;
  if ((await tx.$executeRaw`${insert} ON CONFLICT ("id") DO NOTHING`) === 0) {
    const known = await tx.$executeRaw`UPDATE "Blob" SET "createdAt" = ${createdAt}
      WHERE "id" = ${staged.id}`;
    if (known > 0) return;
    // Removed by another process between the two statements.
    await tx.$executeRaw`${insert} ON CONFLICT ("id") DO UPDATE SET "createdAt" = excluded."createdAt"`;
  }
  if (staged.bytes) {
    await tx.$executeRaw`INSERT INTO "BlobBytes" ("id", "bytes")
      VALUES (${staged.id}, ${staged.bytes}) ON CONFLICT DO NOTHING`;
  }
  await insertRendering(tx, staged.id, staged.facts);
}

/** The bytes of a blob, shared between callers: never write into them. Refusal 'not-found'. */
export async function readBlob(blobId: string): Promise<Buffer> {
  const rows = await db.$queryRaw<{ place: string; bytes: Uint8Array | null }[]>`
    SELECT "Blob"."place", "BlobBytes"."bytes" FROM "Blob"
    LEFT JOIN "BlobBytes" ON "BlobBytes"."id" = "Blob"."id" WHERE "Blob"."id" = ${blobId}`;
  const row = rows[0];
  if (!row) throw new Refusal('not-found', 'There is no such body.');
  // Rows are read again as quickly as they would be remembered.
  if (row.place !== 'file') return toBuffer(row.bytes);
  const known = recallBody(blobId);
  if (known) return known;
  const bytes = await readBlobFile(blobId);
  rememberBody(blobId, bytes);
  return bytes;
}

/** A Buffer over the bytes of a column; empty for null. */
export function toBuffer(bytes: Uint8Array | null): Buffer {
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0);
}
