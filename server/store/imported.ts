// Marks of what imports have brought, so that none brings anything twice (server/transfer). A mark is written
// in the step of its message, and outlives it: what the user deleted or moved since does not come back.
import { cutRows, db, insertRows, join, sql, type Tx } from '#lib/db.ts';

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
