// Runs test files on PostgreSQL that otherwise run on SQLite: one server for the run, in it a database that
// is migrated once; `openTestDatabase()` makes a copy of that for each file. `npm test` does both. By hand:
//   npx node --test --test-global-setup=tests/support/on-postgresql.ts tests/server/store/append.test.ts
import { migrate } from '#lib/migrate.ts';
import { runOnServer, templateName } from './database.ts';
import { type Postgresql, startPostgresql } from './postgresql.ts';

let server: Postgresql;

export async function globalSetup(): Promise<void> {
  server = await startPostgresql();
  process.env.DREY_TEST_POSTGRESQL = server.urlOf();
  await runOnServer(`CREATE DATABASE "${templateName}"`);
  // The files' processes inherit it: lib/db.ts decides by it, once, which database there is.
  process.env.DATABASE_URL = server.urlOf(templateName);
  await migrate();
}

export async function globalTeardown(): Promise<void> {
  await server?.stop();
}
