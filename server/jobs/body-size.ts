// What bodies outside the database take on disk. Added up in pieces: a million rows at once would stop the event loop.
import { db } from '#lib/db.ts';
import { diskBytes } from '#server/metrics/index.ts';

const piece = 20_000;

/** Measures and tells the gauge. */
export async function measureBodies(signal: AbortSignal): Promise<Record<string, number>> {
  let bytes = 0;
  for (let after = 0; !signal.aborted; ) {
    const [row] = await db.$queryRaw<{ last: number | null; bytes: number | null }[]>`
      SELECT MAX("id") AS "last", SUM(CASE WHEN "place" = 'file' THEN "sizeBytes" ELSE 0 END) AS "bytes"
      FROM (SELECT "id", "place", "sizeBytes" FROM "Blob" WHERE "id" > ${after}
        ORDER BY "id" LIMIT ${piece}) AS "piece"`;
    if (row?.last === null || row?.last === undefined) {
      diskBytes.set({ kind: 'bodies' }, bytes);
      return {};
    }
    bytes += Number(row.bytes ?? 0);
    after = Number(row.last);
    await new Promise(setImmediate);
  }
  return {};
}
