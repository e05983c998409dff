// SQL that only SQLite understands (the other half is postgresql.ts, with the same names).
import { empty, type Sql, sql } from '../db.ts';

/** Ends a SELECT whose rows stay as they are until the transaction ends. SQLite has one writer anyway. */
export function lockRows(_table?: string): Sql {
  return empty;
}

/** Questions to the database about its own pages and indexes; each row of an answer is a fault, but "ok". */
export function integrityQueries(isQuick: boolean): Sql[] {
  return [
    isQuick ? sql`PRAGMA quick_check(100)` : sql`PRAGMA integrity_check(100)`,
    sql`PRAGMA foreign_key_check`,
  ];
}

export { buildTextIndex, matchText, textIndexFiles } from './sqlite-search.ts';
