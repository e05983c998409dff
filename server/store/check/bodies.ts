// Each body: it is where its row says, has the size its row says and, where every byte is read, the
// sha-256 it is known by. What nobody points to is a leftover once the clean-up has had its time.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fromNow } from '#lib/clock.ts';
import { db, sql, write } from '#lib/db.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { blobPath, isMissing } from '../bodies/blob-files.ts';
import { readBlob } from '../bodies/blobs.ts';
import { renderAgain } from '../bodies/rendering.ts';
import { tellFilesAway } from './bodies-away.ts';
import type { BodyRow, Kept } from './body-row.ts';
import { lookAtDamagedBody } from './damaged-body.ts';
import { type CheckOptions, type Found, type Look, readPages } from './finding.ts';

const pageSize = 200;

const columns = sql`l."id", l."hash", l."sizeBytes", l."place", l."createdAt",
  LENGTH(t."bytes") AS "rowBytes", r."version",
  CASE WHEN EXISTS (SELECT 1 FROM "RenderingText" x WHERE x."blobId" = l."id") THEN 1 ELSE 0 END AS "hasText",
  CASE WHEN EXISTS (SELECT 1 FROM "Message" m WHERE m."blobId" = l."id")
    OR EXISTS (SELECT 1 FROM "QueueMessage" q WHERE q."blobId" = l."id") THEN 1 ELSE 0 END AS "isUsed"
  FROM "Blob" l LEFT JOIN "BlobBytes" t ON t."blobId" = l."id"
  LEFT JOIN "Rendering" r ON r."blobId" = l."id"`;

/** All bodies, in the order of their numbers. */
export const lookAtBodies: Look = async function* (options) {
  const pages = readPages<BodyRow>(
    (last) =>
      sql`SELECT ${columns} WHERE l."id" > ${last?.id ?? 0} ORDER BY l."id" LIMIT ${pageSize}`,
    pageSize,
  );
  const away = await tellFilesAway();
  if (away) yield away;
  let outdated = 0;
  for await (const rows of pages) {
    for (const row of rows) {
      if (Number(row.isUsed) !== 0 && isOutdated(row)) outdated++;
      yield* judge(row, options, away !== null);
    }
  }
  yield* tellOutdated(outdated);
};

/** `areFilesAway`: it has been told that files are missing, and nobody shall give them up. */
async function* judge(
  row: BodyRow,
  options: CheckOptions,
  areFilesAway: boolean,
): AsyncGenerator<Found> {
  const inRow = await weighRow(row, options.isQuick);
  const inFile = await weighFile(row, options.isQuick);
  const [kept, other] = row.place === 'file' ? [inFile, inRow] : [inRow, inFile];
  const isPlaced = row.place === 'file' || row.place === 'row';
  if (kept === 'right' && isPlaced) {
    yield* judgeRest(row, options);
    // A file beside a row is a staging of the same bytes, maybe one that is under way: see files.ts.
    if (row.place === 'file' && inRow !== 'missing') yield tellTwice(row);
    return;
  }
  // Somebody may have removed it since the page was read.
  const [now] = await db.$queryRaw<{ id: number }[]>`SELECT "id" FROM "Blob"
    WHERE "id" = ${row.id} AND "place" = ${row.place} AND "hash" = ${row.hash}`;
  if (!now) return;
  if (other === 'right' || (kept === 'right' && !isPlaced)) {
    yield tellMisplaced(row, inFile === 'right' ? 'file' : 'row');
    return;
  }
  if (kept === 'unreadable') {
    yield {
      kind: 'body-unreadable',
      blobId: row.id,
      text: `The file ${blobPath(row.hash)} cannot be read: look at its rights, its owner and the disk.`,
    };
    return;
  }
  if (areFilesAway && row.place === 'file' && kept === 'missing') return;
  yield* lookAtDamagedBody(row, kept);
}

async function weighRow(row: BodyRow, isQuick: boolean): Promise<Kept> {
  if (row.rowBytes === null) return 'missing';
  if (Number(row.rowBytes) !== Number(row.sizeBytes)) return 'wrong';
  if (isQuick) return 'right';
  const [found] = await db.$queryRaw<{ bytes: Uint8Array }[]>`SELECT "bytes" FROM "BlobBytes"
    WHERE "blobId" = ${row.id}`;
  if (!found) return 'missing';
  return createHash('sha256').update(found.bytes).digest('hex') === row.hash ? 'right' : 'wrong';
}

async function weighFile(row: BodyRow, isQuick: boolean): Promise<Kept> {
  let path: string;
  try {
    path = blobPath(row.hash);
    const found = await stat(path);
    if (found.size !== Number(row.sizeBytes)) return 'wrong';
  } catch (error) {
    return isMissing(error) ? 'missing' : 'unreadable';
  }
  if (isQuick || row.place === 'row') return 'right';
  const hashing = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hashing);
  } catch (error) {
    // Whether it went meanwhile is asked later.
    return isMissing(error) ? 'missing' : 'unreadable';
  }
  return hashing.digest('hex') === row.hash ? 'right' : 'wrong';
}

function tellTwice({ id, hash }: BodyRow): Found {
  return {
    kind: 'body-twice',
    blobId: id,
    text: `Body ${hash.slice(0, 12)}… is a file and in the database too.`,
    mend: () =>
      write(async (tx) => {
        await tx.$executeRaw`DELETE FROM "BlobBytes" WHERE "blobId" = ${id}
          AND EXISTS (SELECT 1 FROM "Blob" WHERE "Blob"."id" = ${id} AND "place" = 'file')`;
        return 'The file stays.';
      }),
  };
}

function tellMisplaced({ id, hash, place }: BodyRow, real: 'row' | 'file'): Found {
  return {
    kind: 'body-misplaced',
    blobId: id,
    text: `Body ${hash.slice(0, 12)}… should be a ${place}; it is a ${real}.`,
    mend: () =>
      write(async (tx) => {
        await tx.$executeRaw`UPDATE "Blob" SET "place" = ${real}
          WHERE "id" = ${id} AND "place" = ${place}`;
        return `Its row says ${real} now.`;
      }),
  };
}

async function* judgeRest(row: BodyRow, { graceMs }: CheckOptions): AsyncGenerator<Found> {
  const { id } = row;
  if (Number(row.isUsed) === 0) {
    if (new Date(row.createdAt) >= fromNow(-graceMs)) return;
    yield {
      kind: 'body-unused',
      blobId: id,
      text: `No message points to body ${id}; the clean-up removes it.`,
      isNote: true,
      mend: () => removeUnused(id),
    };
    return;
  }
  if (isOutdated(row)) return;
  const mend = async () => {
    await renderAgain(id, await readBlob(id));
    return 'It was rendered again.';
  };
  if (row.version === null) {
    const text = `Body ${id} has no rendering; the server makes it in the background.`;
    yield { kind: 'rendering-missing', blobId: id, text, isNote: true, mend };
  } else if (Number(row.hasText) === 0) {
    const text = `Body ${id} has no text to search.`;
    yield { kind: 'rendering-without-text', blobId: id, text, mend };
  }
}

function isOutdated({ version }: BodyRow): boolean {
  return version !== null && Number(version) !== FACTS_VERSION;
}

/** One note for all: after an update of the server it is every body that there is. */
function* tellOutdated(count: number): Generator<Found> {
  if (count === 0) return;
  yield {
    kind: 'rendering-old',
    text: `${count} bodies were rendered by another version; the server does it again in the background.`,
    isNote: true,
  };
}

/** Asked again inside the transaction: somebody may have begun to use it. The file is files.ts's matter. */
function removeUnused(id: number): Promise<string | null> {
  return write(async (tx) => {
    const gone = await tx.$executeRaw`DELETE FROM "Blob" WHERE "id" = ${id}
      AND NOT EXISTS (SELECT 1 FROM "Message" WHERE "blobId" = ${id})
      AND NOT EXISTS (SELECT 1 FROM "QueueMessage" WHERE "blobId" = ${id})`;
    if (gone === 0) return null;
    await tx.$executeRaw`DELETE FROM "BlobBytes" WHERE "blobId" = ${id}`;
    await tx.$executeRaw`DELETE FROM "Rendering" WHERE "blobId" = ${id}`;
    await tx.$executeRaw`DELETE FROM "RenderingText" WHERE "blobId" = ${id}`;
    return 'It was removed.';
  });
}
