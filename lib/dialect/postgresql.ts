// SQL that only PostgreSQL understands (the other half is sqlite.ts, with the same names).
import { db, raw, type Sql, sql } from '../db.ts';
import { channel, watchCommits } from './postgresql-listener.ts';

/** Ends a SELECT whose rows (of a join: those of `table`) are locked until the transaction ends. */
export function lockRows(table?: string): Sql {
  return table ? sql`FOR UPDATE OF ${raw(`"${table}"`)}` : sql`FOR UPDATE`;
}

/** PostgreSQL sees to its log itself. */
export function writeAheadLog(): null {
  return null;
}

/** Until the transaction ends, others that ask for the same name wait. */
export function holdName(name: string): Sql | null {
  return sql`SELECT CAST(pg_advisory_xact_lock(hashtextextended(${name}, 0)) AS TEXT)`;
}

/** PostgreSQL checks its pages as it reads them (data_checksums), and has nothing to ask here. */
export function integrityQueries(_isQuick: boolean): Sql[] {
  return [];
}

export { buildTextIndex, matchText, textIndexFiles } from './postgresql-search.ts';
export { watchCommits };

/** Condition of a model for a column that holds `text`, whatever the case. Only this client knows `mode`. */
export function containsText(text: string): { contains: string } {
  const condition = { contains: text.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' };
  return condition;
}

/** What stands behind the first "@" of an address in a column. */
export function domainPart(column: Sql): Sql {
  return sql`SUBSTR(${column}, STRPOS(${column}, '@') + 1)`;
}

/** Tells the other processes; they get `payload` (below 8000 bytes) by `watchCommits`. */
export function announce(payload: string): Sql | null {
  return sql`SELECT CAST(pg_notify(${channel}, ${payload}) AS TEXT)`;
}

/** Bytes of disk that the database takes, and that the index of texts takes. */
export async function measureDatabase(): Promise<{ database: number; index: number }> {
  const [sizes] = await db.$queryRaw<{ whole: number; index: number }[]>`
    SELECT pg_database_size(current_database()) AS "whole",
      COALESCE((SELECT SUM(pg_relation_size(indexrelid)) FROM pg_stat_user_indexes
        WHERE relname = 'RenderingText' AND indexrelname LIKE '%trigrams'), 0) AS "index"`;
  const index = Number(sizes?.index ?? 0);
  return { database: Number(sizes?.whole ?? 0) - index, index };
}

/** The clock of this machine less the database's; null where they are one. */
export async function measureClock(): Promise<number | null> {
  const askedAt = Date.now();
  const [row] = await db.$queryRaw<{ ms: number }[]>`
    SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS DOUBLE PRECISION) AS "ms"`;
  // The database looked somewhere between the question and its answer.
  return Math.round((askedAt + Date.now()) / 2 - Number(row?.ms));
}

/** The database's name and version, for people. */
export async function describeVersion(): Promise<string> {
  const [row] = await db.$queryRaw<{ version: string }[]>`
    SELECT current_setting('server_version') AS "version"`;
  return `PostgreSQL ${row?.version ?? ''}`;
}
