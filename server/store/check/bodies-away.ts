// Many files of bodies that are missing at once are no damage to be mended: their disk is not mounted, or this is
// the wrong folder. To give up their messages would be the real loss.
import { stat } from 'node:fs/promises';
import { db, sql } from '#lib/db.ts';
import { blobPath, blobsFolder, isMissing } from '../bodies/blob-files.ts';
import { type Found, readPages } from './finding.ts';

const pageSize = 1000;
/** Up to so many, or a tenth of all, may be a mishap. */
const fewFiles = 20;

type Row = { id: number; hash: string };

/** One finding for all where the files of bodies seem to be elsewhere, else null. Nothing mends it. */
export async function tellFilesAway(): Promise<Found | null> {
  const [first] = await db.$queryRaw<Row[]>`SELECT "id", "hash" FROM "Blob"
    WHERE "place" = 'file' LIMIT 1`;
  if (!first) return null;
  const isFolderThere = await isThere(blobsFolder());
  let total = 0;
  let away = 0;
  const pages = readPages<Row>(
    (last) => sql`SELECT "id", "hash" FROM "Blob" WHERE "place" = 'file' AND "id" > ${last?.id ?? 0}
      ORDER BY "id" LIMIT ${pageSize}`,
    pageSize,
  );
  for await (const rows of pages) {
    total += rows.length;
    for (const { hash } of rows) if (!isFolderThere || !(await isThere(blobPath(hash)))) away++;
  }
  if (isFolderThere && away <= Math.max(fewFiles, total / 10)) return null;
  return {
    kind: 'bodies-away',
    text: `${away} of ${total} large bodies are not in ${blobsFolder()}. Is its disk there, and is this the right data folder? Nothing is given up; bring the files back (from a copy of the folder, or restore a backup).`,
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    return !isMissing(error);
  }
}
