// Marks of what imports have brought, so that none brings anything twice (server/transfer). A mark is written
// in the step of its message, and outlives it: what the user deleted or moved since does not come back.
import { cutRows, db, insertRows, join, sql, type Tx, write } from '#lib/db.ts';

const marksPerDelete = 2000;

/** Those of `sources` (hex, 32 digits) that the account has had. */
export async function selectImported(
  sources: string[],
  accountId: string,
  from: Tx = db,
): Promise<Set<string>> {
  const known = new Set<string>();
  for (const part of cutRows(sources.map((source) => sql`${source}`))) {
    const rows = await from.$queryRaw<{ source: string }[]>`SELECT "source" FROM "Imported"
      WHERE "accountId" = ${accountId} AND "source" IN (${join(part)})`;
    for (const { source } of rows) known.add(source);
  }
  return known;
}

/**
 * Marks sources. Throws a unique violation where another import marked one of them meanwhile, unless
 * `isAgain` says that they may be known.
 */
export async function insertImported(
  tx: Tx,
  accountId: string,
  sources: string[],
  isAgain: boolean,
): Promise<void> {
  const into = sql`INSERT INTO "Imported" ("accountId", "source")`;
  const rows = sources.map((source) => sql`(${accountId}, ${source})`);
  await insertRows(tx, into, rows, isAgain ? sql`ON CONFLICT DO NOTHING` : undefined);
}

/** Removes the marks of accounts that are no more. A timed job. */
export async function removeMarks(): Promise<{ marks: number }> {
  for (let marks = 0; ; ) {
    // In pieces, so that no transaction holds the writer for long.
    const rows = await db.$queryRaw<{ accountId: string; source: string }[]>`
      SELECT "accountId", "source" FROM "Imported"
      WHERE NOT EXISTS (SELECT 1 FROM "Account" WHERE "Account"."id" = "Imported"."accountId")
      LIMIT ${marksPerDelete}`;
    if (rows.length === 0) return { marks };
    const keys = rows.map(({ accountId, source }) => sql`(${accountId}, ${source})`);
    await write(async (tx) => {
      for (const part of cutRows(keys)) {
        await tx.$executeRaw`DELETE FROM "Imported"
          WHERE ("accountId", "source") IN (VALUES ${join(part)})`;
      }
    });
    marks += rows.length;
  }
}
