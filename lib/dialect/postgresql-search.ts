// The text index on PostgreSQL: trigrams (pg_trgm) in a GIN index, which the database keeps itself. What it
// has not worked in yet stands in the index's pending list (fastupdate), which PostgreSQL looks through, and
// it looks at each candidate's text: an answer from the index is the answer of a scan.
import pg from 'pg';
import { raw, type Sql, sql } from '../db.ts';
import { databaseUrl } from '../env.ts';

/** The database keeps the index itself. */
export function textIndexFiles(): { mailFile: string; searchFile: string } | null {
  return null;
}

/** The condition that a column of "RenderingText" contains a text, to the letter. */
export function matchText(column: 'header' | 'body', needle: string): Sql {
  const pattern = `%${needle.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`"RenderingText".${raw(`"${column}"`)} LIKE ${pattern}`;
}

/** One process builds at a time; the number only has to be the same everywhere. */
const lockNumber = 72707370;
const indexes = ['header', 'body'].map((column) => ({
  name: `RenderingText_${column}_trigrams`,
  column,
}));

/**
 * Makes the index behind everything else: mail goes on meanwhile. Throws where the extension is refused or
 * missing; then texts are looked through one by one.
 */
export async function buildTextIndex(): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl(), keepAlive: true });
  client.on('error', () => {});
  await client.connect();
  try {
    const lock = await client.query<{ isMine: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS "isMine"',
      [lockNumber],
    );
    if (!lock.rows[0]?.isMine) return;
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    for (const { name, column } of indexes) {
      // One that was cut short is there, is kept up to date, and is used for nothing.
      const broken = await client.query(
        `SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid`,
        [`"${name}"`],
      );
      if (broken.rows.length > 0) await client.query(`DROP INDEX CONCURRENTLY "${name}"`);
      await client.query(`CREATE INDEX CONCURRENTLY IF NOT EXISTS "${name}" ON "RenderingText"
        USING gin ("${column}" gin_trgm_ops)`);
    }
  } finally {
    await client.end();
  }
}
