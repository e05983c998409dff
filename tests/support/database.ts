// A data folder and a migrated database of its own for a test file.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeDatabase } from '#lib/db.ts';
import { migrate } from '#lib/migrate.ts';

/** Sets DREY_DATA to a fresh temporary folder and migrates; `close` removes it. Call before any other use of lib/. */
export async function openTestDatabase(): Promise<{ folder: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-test-'));
  process.env.DREY_DATA = folder;
  delete process.env.DATABASE_URL;
  process.env.DREY_LOG_LEVEL ??= 'silent';
  await migrate();
  return {
    folder,
    close: async () => {
      await closeDatabase();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
