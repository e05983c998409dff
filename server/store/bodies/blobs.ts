// Blobs: the immutable bodies that message rows and queue rows point to, shared by content. Small ones are
// rows, large ones files; nobody outside these files knows which.
import { now } from '#lib/clock.ts';
import { cutRows, db, insertRows, join, sql, type Tx } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { refuseFault } from '#lib/storage-failure.ts';
import { recallBody, rememberBody } from './blob-cache.ts';
import { readBlobFile } from './blob-files.ts';
import { insertRenderings } from './rendering.ts';
import type { StagedBody } from './stage.ts';

export { createStage, readStaged, type Stage, type StagedBody, stageBytes } from './stage.ts';

const log = logOf('store');

/** `insertBlobs` of one; returns its number. */
export async function insertBlob(tx: Tx, staged: StagedBody): Promise<number> {
  return (await insertBlobs(tx, [staged])).get(staged.hash)!;
}

type Numbered = { id: number; hash: string };

/**
 * Makes sure that the blobs have their rows (and renderings, once). The message or queue rows that point to
 * them belong into the same step. The time is renewed also where a row is there: whoever removes orphans
 * sees that somebody wants it, or has removed it before and it is inserted again. Returns their numbers by hash.
 */
export async function insertBlobs(tx: Tx, bodies: StagedBody[]): Promise<Map<string, number>> {
  const createdAt = now();
  const numbers = new Map<string, number>();
  // In order, so that two processes never wait for each other.
  const sorted = [...new Map(bodies.map((body) => [body.hash, body])).values()].sort(
    (one, other) => (one.hash < other.hash ? -1 : 1),
  );
  for (const part of cutRows(sorted.map(({ hash }) => sql`${hash}`))) {
    const renewed = await tx.$queryRaw<Numbered[]>`UPDATE "Blob" SET "createdAt" = ${createdAt}
      WHERE "hash" IN (${join(part)}) RETURNING "id", "hash"`;
    for (const { id, hash } of renewed) numbers.set(hash, Number(id));
  }
  const missing = sorted.filter(({ hash }) => !numbers.has(hash));
  const rows = missing.map(
    ({ hash, sizeBytes, bytes }) =>
      sql`(${hash}, ${sizeBytes}, ${bytes ? 'row' : 'file'}, ${createdAt})`,
  );
  for (const part of cutRows(rows)) {
    // The conflict: another process made it between the two statements.
    const inserted = await tx.$queryRaw<Numbered[]>`
      INSERT INTO "Blob" ("hash", "sizeBytes", "place", "createdAt") VALUES ${join(part)}
      ON CONFLICT ("hash") DO UPDATE SET "createdAt" = excluded."createdAt" RETURNING "id", "hash"`;
    for (const { id, hash } of inserted) numbers.set(hash, Number(id));
  }
  await insertContent(tx, missing, numbers);
  return numbers;
}

async function insertContent(
  tx: Tx,
  made: StagedBody[],
  numbers: Map<string, number>,
): Promise<void> {
  const numbered = made.map(({ hash, bytes, facts }) => ({ id: numbers.get(hash)!, bytes, facts }));
  const inRows = numbered.flatMap(({ id, bytes }) => (bytes ? [sql`(${id}, ${bytes})`] : []));
  const into = sql`INSERT INTO "BlobBytes" ("blobId", "bytes")`;
  await insertRows(tx, into, inRows, sql`ON CONFLICT DO NOTHING`);
  await insertRenderings(
    tx,
    numbered.map(({ id, facts }) => ({ blobId: id, facts })),
  );
}

/**
 * The bytes of a blob, shared between callers: never write into them. Refusal 'not-found', 'unavailable' where
 * they cannot be read or are not as many as were stored: nobody is told other bytes than those.
 */
export async function readBlob(blobId: number): Promise<Buffer> {
  const rows = await db.$queryRaw<BodyRow[]>`
    SELECT "Blob"."hash", "Blob"."place", "Blob"."sizeBytes", "BlobBytes"."bytes" FROM "Blob"
    LEFT JOIN "BlobBytes" ON "BlobBytes"."blobId" = "Blob"."id" WHERE "Blob"."id" = ${blobId}`;
  const row = rows[0];
  if (!row) throw new Refusal('not-found', 'There is no such body.');
  // Rows are read again as quickly as they would be remembered.
  if (row.place !== 'file') return requireWhole(blobId, row, toBuffer(row.bytes));
  const known = recallBody(blobId);
  if (known) return known;
  const bytes = await readBlobFile(row.hash).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw refuseFault(error);
    return Buffer.alloc(0);
  });
  rememberBody(blobId, requireWhole(blobId, row, bytes));
  return bytes;
}

/** Blobs that are read together, and how large one may be for that. */
const togetherBytes = 1024 * 1024;
const smallBytes = 64 * 1024;

/**
 * The bytes of some of the blobs, at once: small ones that are rows, up to a megabyte. `blobs`: numbers and sizes.
 * Whatever is not among them, or not as it should be, is `readBlob`'s affair.
 */
export async function readSmallBlobs(
  blobs: { blobId: number; sizeBytes: number }[],
): Promise<Map<number, Buffer>> {
  const sizes = new Map<number, number>();
  let sum = 0;
  for (const { blobId, sizeBytes } of blobs) {
    if (sizeBytes > smallBytes || sizes.has(blobId)) continue;
    sum += sizeBytes;
    if (sum > togetherBytes) break;
    sizes.set(blobId, sizeBytes);
  }
  const found = new Map<number, Buffer>();
  if (sizes.size === 0) return found;
  const rows = await db.$queryRaw<{ blobId: number; bytes: Uint8Array }[]>`
    SELECT "blobId", "bytes" FROM "BlobBytes" WHERE "blobId" IN (${join([...sizes.keys()])})`;
  for (const row of rows) {
    const blobId = Number(row.blobId);
    if (row.bytes.length === sizes.get(blobId)) found.set(blobId, toBuffer(row.bytes));
  }
  return found;
}

type BodyRow = {
  hash: string;
  place: string;
  sizeBytes: bigint | number;
  bytes: Uint8Array | null;
};

function requireWhole(blobId: number, { hash, sizeBytes }: BodyRow, bytes: Buffer): Buffer {
  if (bytes.length === Number(sizeBytes)) return bytes;
  log.error(
    { blobId, hash, sizeBytes: Number(sizeBytes), foundBytes: bytes.length },
    'a body is damaged: run "drey check"',
  );
  throw new Refusal('unavailable', 'The body of this message is damaged on the server.');
}

/** A Buffer over the bytes of a column; empty for null. */
export function toBuffer(bytes: Uint8Array | null): Buffer {
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0);
}
