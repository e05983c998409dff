// A data folder and a migrated database of its own for a test file: SQLite, or PostgreSQL where the run has a
// server for it (on-postgresql.ts).
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { closeDatabase } from '#lib/db.ts';
import { migrate } from '#lib/migrate.ts';

/** The migrated database that those of the test files are copies of. */
export const templateName = 'drey_template';

/** Of the maintenance database of this run's server; null in a run on SQLite. */
export const testServerUrl = process.env.DREY_TEST_POSTGRESQL || null;

/** Runs one statement on the maintenance database of this run's server. */
export async function runOnServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.DREY_TEST_POSTGRESQL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** An empty or migrated database on this run's PostgreSQL server; `drop` also ends who still uses it. */
export async function makeTestDatabase(
  isMigrated: boolean,
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  await runOnServer(`CREATE DATABASE "${name}" ${isMigrated ? `TEMPLATE "${templateName}"` : ''}`);
  const url = new URL(process.env.DREY_TEST_POSTGRESQL ?? '');
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runOnServer(`DROP DATABASE "${name}" WITH (FORCE)`) };
}

/**
 * Sets DREY_DATA to a fresh temporary folder and migrates, unless told otherwise; `close` removes it. Call
 * before any other use of lib/.
 */
export async function openTestDatabase(
  isMigrated = true,
): Promise<{ folder: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-test-'));
  process.env.DREY_DATA = folder;
  delete process.env.DATABASE_URL;
  process.env.DREY_LOG_LEVEL ??= 'silent';
  const database = testServerUrl ? await makeTestDatabase(isMigrated) : null;
  if (database) process.env.DATABASE_URL = database.url;
  else if (isMigrated) await migrate();
  return {
    folder,
    close: async () => {
      await closeDatabase();
      await database?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
