// SQL that only SQLite understands (the other half is postgresql.ts, with the same names).
import { empty, type Sql } from '../db.ts';

/** Ends a SELECT whose rows stay as they are until the transaction ends. SQLite has one writer anyway. */
export function lockRows(_table?: string): Sql {
  return empty;
}
