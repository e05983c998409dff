// SQL that only SQLite understands (the other half is postgresql.ts, with the same names).
import { stat } from 'node:fs/promises';
import { db, empty, raw, readDataVersion, type Sql, sql } from '../db.ts';
import { databaseUrl } from '../env.ts';
import { buildTextIndex, matchText, textIndexFiles } from './sqlite-search.ts';

/** Ends a SELECT whose rows stay as they are until the transaction ends. SQLite has one writer anyway. */
export function lockRows(_table?: string): Sql {
  return empty;
}

/** SQLite has one writer: nobody else is in a transaction. */
export function holdName(_name: string): Sql | null {
  return null;
}

/** Questions to the database about its own pages and indexes; each row of an answer is a fault, but "ok". */
export function integrityQueries(isQuick: boolean): Sql[] {
  return [
    isQuick ? sql`PRAGMA quick_check(100)` : sql`PRAGMA integrity_check(100)`,
    sql`PRAGMA foreign_key_check`,
  ];
}

/** Condition of a model for a column that holds `text`, whatever the case of ASCII letters. */
export function containsText(text: string): { contains: string } {
  return { contains: text };
}

/** What stands behind the first "@" of an address in a column. */
export function domainPart(column: Sql): Sql {
  return sql`SUBSTR(${column}, INSTR(${column}, '@') + 1)`;
}

/** Other processes see a commit by themselves. */
export function announce(_payload: string): Sql | null {
  return null;
}

/**
 * The database's file, and SQL for the writer that lets its log grow to so many pages before a commit copies them;
 * null where a database sees to its log itself.
 */
export function writeAheadLog(): { file: string; limitTo(pages: number): Sql } | null {
  return {
    file: databaseUrl().replace(/^file:/, ''),
    limitTo: (pages) => raw(`PRAGMA wal_autocheckpoint = ${pages}`),
  };
}

/** Looks so often whether another process has committed; a look costs some microseconds. */
const pollMs = 50;

/**
 * Calls `tell` with null when another process has committed, and once when the database has been opened: what
 * was read until then may be older. Returns the stop.
 */
export function watchCommits(tell: (payload: string | null) => void): () => void {
  let last: number | null = null;
  const timer = setInterval(() => {
    const version = readDataVersion();
    if (version !== last) tell(null);
    last = version;
  }, pollMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Bytes of disk that the database takes, and that the index of texts takes. */
export async function measureDatabase(): Promise<{ database: number; index: number }> {
  const sizeOf = async (file: string) => {
    const parts = [file, `${file}-wal`, `${file}-shm`];
    const sizes = await Promise.all(parts.map((part) => stat(part).catch(() => null)));
    return sizes.reduce((sum, found) => sum + (found?.size ?? 0), 0);
  };
  const files = textIndexFiles();
  return {
    database: files ? await sizeOf(files.mailFile) : 0,
    index: files ? await sizeOf(files.searchFile) : 0,
  };
}

/** The clock of this machine less the database's; null where they are one. */
export async function measureClock(): Promise<number | null> {
  return null;
}

/** The database's name and version, for people. */
export async function describeVersion(): Promise<string> {
  const [row] = await db.$queryRaw<{ version: string }[]>`SELECT sqlite_version() AS "version"`;
  return `SQLite ${row?.version ?? ''}`;
}

export { buildTextIndex, matchText, textIndexFiles };
