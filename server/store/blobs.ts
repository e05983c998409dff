// Blobs: the immutable bodies that message rows and queue rows point to, shared by content. Small ones are
// rows, large ones files; nobody outside these files knows which.
import { now } from '#lib/clock.ts';
import { cutRows, db, insertRows, join, sql, type Tx } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { recallBody, rememberBody } from './blob-cache.ts';
import { readBlobFile } from './blob-files.ts';
import { insertRenderings } from './rendering.ts';
import type { StagedBody } from './stage.ts';

export { createStage, readStaged, type Stage, type StagedBody, stageBytes } from './stage.ts';

/** `insertBlobs` of one. */
export function insertBlob(tx: Tx, staged: StagedBody): Promise<void> {
  return insertBlobs(tx, [staged]);
}

/**
 * Makes sure that the blobs have their rows (and renderings, once). The message or queue rows that point to
 * them belong into the same step. The time is renewed also where a row is there: whoever removes orphans
 * sees that somebody wants it, or has removed it before and it is inserted again.
 */
export async function insertBlobs(tx: Tx, bodies: StagedBody[]): Promise<void> {
  const createdAt = now();
  const byId = new Map(bodies.map((body) => [body.id, body]));
  // In order, so that two processes never wait for each other.
  const rows = [...byId.values()]
    .sort((one, other) => (one.id < other.id ? -1 : 1))
    .map(
      ({ id, sizeBytes, bytes }) =>
        sql`(${id}, ${sizeBytes}, ${bytes ? 'row' : 'file'}, ${createdAt})`,
    );
  const into = sql`INSERT INTO "Blob" ("id", "sizeBytes", "place", "createdAt")`;
  const made: StagedBody[] = [];
  for (const part of cutRows(rows)) {
    const inserted = await tx.$queryRaw<{ id: string }[]>`${into} VALUES ${join(part)}
      ON CONFLICT ("id") DO NOTHING RETURNING "id"`;
    for (const { id } of inserted) {
      made.push(byId.get(id)!);
      byId.delete(id);
    }
  }
  // Left are those that were there before.
  for (const part of cutRows([...byId.keys()].map((id) => sql`${id}`))) {
    const renewed = await tx.$queryRaw<
      { id: string }[]
    >`UPDATE "Blob" SET "createdAt" = ${createdAt}
      WHERE "id" IN (${join(part)}) RETURNING "id"`;
    for (const { id } of renewed) byId.delete(id);
  }
  // Removed by another process between the two statements.
  for (const { id, sizeBytes, bytes } of byId.values()) {
    await tx.$executeRaw`${into} VALUES (${id}, ${sizeBytes}, ${bytes ? 'row' : 'file'}, ${createdAt})
      ON CONFLICT ("id") DO UPDATE SET "createdAt" = excluded."createdAt"`;
  }
  await insertContent(tx, [...made, ...byId.values()]);
}

async function insertContent(tx: Tx, made: StagedBody[]): Promise<void> {
  const inRows = made.flatMap(({ id, bytes }) => (bytes ? [sql`(${id}, ${bytes})`] : []));
  const into = sql`INSERT INTO "BlobBytes" ("id", "bytes")`;
  await insertRows(tx, into, inRows, sql`ON CONFLICT DO NOTHING`);
  await insertRenderings(
    tx,
    made.map(({ id, facts }) => ({ blobId: id, facts })),
  );
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
