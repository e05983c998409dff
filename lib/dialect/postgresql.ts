// SQL that only PostgreSQL understands (the other half is sqlite.ts, with the same names).
import { raw, type Sql, sql } from '../db.ts';

/** Ends a SELECT whose rows (of a join: those of `table`) are locked until the transaction ends. */
export function lockRows(table?: string): Sql {
  return table ? sql`FOR UPDATE OF ${raw(`"${table}"`)}` : sql`FOR UPDATE`;
}

/** PostgreSQL checks its pages as it reads them (data_checksums), and has nothing to ask here. */
export function integrityQueries(_isQuick: boolean): Sql[] {
  return [];
}

export { buildTextIndex, matchText, textIndexFiles } from './postgresql-search.ts';
