// Runs test files on PostgreSQL that otherwise run on SQLite: `openTestDatabase()` makes a database for each
// file on one server for the run. `npm run test:postgresql` runs them all. By hand:
//   npx node --test --test-global-setup=tests/support/on-postgresql.ts tests/server/store/append.test.ts
import { startTestServer } from './test-server.ts';

let server: { stop(): Promise<void> } | null = null;

/** The files' processes inherit the environment of this one. */
export async function globalSetup(): Promise<void> {
  server = await startTestServer();
}

export async function globalTeardown(): Promise<void> {
  await server?.stop();
}
