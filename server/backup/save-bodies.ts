// Bodies out of the store into a backup: those that it does not have yet, checked against their hash.
import { type Db, db, join, sql } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';
import { readBlobFile } from '#server/store/bodies/blob-files.ts';
import { nextTurn } from '#server/store/turn.ts';
import type { Objects } from './objects.ts';
import { hashOf } from './pack.ts';
import type { Progress } from './progress.ts';

const log = logOf('backup');
const blobsPerLook = 1000;
const bytesPerRead = 8 * 1024 * 1024;

type BlobRow = { id: number; hash: string; sizeBytes: bigint | number; place: string };

/** What waits for the clean-up is nobody's any more, and no snapshot would ever name it. */
const isUsed = sql`(EXISTS (SELECT 1 FROM "Message" WHERE "Message"."blobId" = "Blob"."id")
  OR EXISTS (SELECT 1 FROM "QueueMessage" WHERE "QueueMessage"."blobId" = "Blob"."id"))`;

/**
 * Copies all bodies with a number above `afterId` that are not in the backup; returns the highest number seen. A body
 * that cannot be read is passed over: whether anybody misses it is for the snapshot to say.
 */
export async function saveNewBodies(
  bodies: Objects,
  afterId: number,
  progress: Progress,
): Promise<number> {
  const counted = await db.$queryRaw<{ total: bigint | number }[]>`
    SELECT COUNT(*) AS "total" FROM "Blob" WHERE "id" > ${afterId} AND ${isUsed}`;
  const total = Number(counted[0]?.total ?? 0);
  let seen = 0;
  for (let last = afterId; ; ) {
    const rows = await db.$queryRaw<BlobRow[]>`SELECT "id", "hash", "sizeBytes", "place" FROM "Blob"
      WHERE "id" > ${last} AND ${isUsed} ORDER BY "id" LIMIT ${blobsPerLook}`;
    const missing = rows.filter(({ hash }) => !bodies.has(hash));
    for (const part of cutBySize(missing)) {
      await saveBlobs(db, bodies, part);
      progress('Bodies', seen, total);
    }
    seen += rows.length;
    progress('Bodies', seen, total);
    const end = rows.at(-1);
    if (!end) return last;
    last = Number(end.id);
    await nextTurn();
  }
}

/** Copies the bodies with these hashes, as `source` sees them. */
export async function saveBodiesOf(source: Db, bodies: Objects, hashes: string[]): Promise<void> {
  if (hashes.length === 0) return;
  const rows = await source.$queryRaw<
    BlobRow[]
  >`SELECT "id", "hash", "sizeBytes", "place" FROM "Blob"
    WHERE "hash" IN (${join(hashes)})`;
  for (const part of cutBySize(rows)) await saveBlobs(source, bodies, part);
}

async function saveBlobs(source: Db, bodies: Objects, blobs: BlobRow[]): Promise<void> {
  const inRows = blobs.filter(({ place }) => place !== 'file').map(({ id }) => sql`${id}`);
  const read = new Map<number, Buffer>();
  if (inRows.length > 0) {
    const rows = await source.$queryRaw<{ blobId: number; bytes: Uint8Array }[]>`
      SELECT "blobId", "bytes" FROM "BlobBytes" WHERE "blobId" IN (${join(inRows)})`;
    for (const { blobId, bytes } of rows) read.set(Number(blobId), Buffer.from(bytes));
  }
  for (const { id, hash, place } of blobs) {
    const bytes = place === 'file' ? await tryReadFile(hash) : read.get(Number(id));
    const key = bytes && hashOf(bytes);
    if (bytes && key?.toString('hex') === hash) await bodies.add(bytes, key);
    else log.error({ blobId: Number(id), hash }, 'a body is missing or damaged');
  }
}

async function tryReadFile(hash: string): Promise<Buffer | null> {
  try {
    return await readBlobFile(hash);
  } catch (error) {
    log.error({ err: error, hash }, 'the file of a body cannot be read');
    return null;
  }
}

function* cutBySize(rows: BlobRow[]): Generator<BlobRow[]> {
  let part: BlobRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (part.length > 0 && bytes + Number(row.sizeBytes) > bytesPerRead) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(row);
    bytes += Number(row.sizeBytes);
  }
  if (part.length > 0) yield part;
}
