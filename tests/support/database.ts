// A data folder and a migrated database of its own for a test file: SQLite, or PostgreSQL where the run has a
// server for it (on-postgresql.ts).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeDatabase } from '#lib/db.ts';
import { migrate } from '#lib/migrate.ts';
import { makeTestDatabase } from './test-server.ts';

/** Of this run's PostgreSQL server; null in a run on SQLite. */
export const testServerUrl = process.env.DREY_TEST_POSTGRESQL || null;

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
  const database = await makeTestDatabase(isMigrated);
  if (database) process.env.DATABASE_URL = database.url;
  else if (isMigrated) await migrate();
  return {
    folder,
    close: async () => {
      // What waits to be written would open the database once more, while it goes.
      const { flushTrail } = await import('#lib/trail/record.ts');
      await flushTrail();
      await closeDatabase();
      await database?.drop();
      // A process that a test has killed may write for a moment still.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
