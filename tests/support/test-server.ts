// One PostgreSQL server for many test files: in it a database that is migrated once, and copies of that. Must
// not import lib/db.ts, which decides by the environment which database there is.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '#lib/migrate.ts';
import { startPostgresql } from './postgresql.ts';

const templateName = 'drey_template';

/** Of the maintenance database of this run's server; undefined in a run on SQLite. */
const serverUrl = () => process.env.DREY_TEST_POSTGRESQL;

/** Starts it and says so in the environment, before lib/db.ts is loaded. */
export async function startTestServer(isDurable = false): Promise<{ stop(): Promise<void> }> {
  const server = await startPostgresql(isDurable);
  process.env.DREY_TEST_POSTGRESQL = server.urlOf();
  await runOnServer(`CREATE DATABASE "${templateName}"`);
  process.env.DATABASE_URL = server.urlOf(templateName);
  await migrate();
  return server;
}

async function runOnServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export type TestDatabase = {
  url: string;
  /** Ends who still uses it, too. */
  drop(): Promise<void>;
};

/** A database of its own on this run's server, empty or migrated; null in a run on SQLite. */
export async function makeTestDatabase(isMigrated: boolean): Promise<TestDatabase | null> {
  const server = serverUrl();
  if (!server) return null;
  const name = `t_${randomBytes(8).toString('hex')}`;
  await runOnServer(`CREATE DATABASE "${name}" ${isMigrated ? `TEMPLATE "${templateName}"` : ''}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runOnServer(`DROP DATABASE "${name}" WITH (FORCE)`) };
}
