// Applies prisma/migrations/<database>/<number_name>/migration.sql in order and records each in
// _prisma_migrations as Prisma's own engine would (same table, same checksum), so both may be used.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type pg from 'pg';
import { databaseUrl, isPostgresql } from './env.ts';

type Migration = { name: string; sql: string; checksum: string };

const recordTable = (timestamp: string) => `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" ${timestamp},
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" ${timestamp},
  "started_at" ${timestamp} NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;
const readApplied =
  'SELECT "migration_name" AS name, "checksum" AS checksum FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL';

function readMigrations(): Migration[] {
  const provider = isPostgresql() ? 'postgresql' : 'sqlite';
  const folder = join(import.meta.dirname, '..', 'prisma', 'migrations', provider);
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'migration.sql')))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** The migrations still to do. Throws where the database knows one that this version does not. */
function findPending(all: Migration[], applied: { name: string }[], until: string): Migration[] {
  const known = new Set(all.map((migration) => migration.name));
  const foreign = applied.find((row) => !known.has(row.name));
  if (foreign) {
    throw new Error(
      `The database was used by a newer version of Drey (it has the migration ${foreign.name}). Start that version.`,
    );
  }
  const done = new Set(applied.map((row) => row.name));
  return all.filter(({ name }) => !done.has(name) && (until === '' || name <= until));
}

function migrateSqlite(until: string): string[] {
  const database = new Database(databaseUrl().replace(/^file:/, ''), { timeout: 30_000 });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    // After a sync that failed, the log may hold commits that only memory knows: they reach the disk before
    // anything is built on them. Throws where that fails again.
    database.pragma('wal_checkpoint(PASSIVE)');
    database.exec('BEGIN IMMEDIATE');
    database.exec(recordTable('DATETIME'));
    const applied = database.prepare(readApplied).all() as { name: string }[];
    const pending = findPending(readMigrations(), applied, until);
    const record = database.prepare(
      'INSERT INTO "_prisma_migrations" ("id","checksum","migration_name","started_at","finished_at","applied_steps_count") VALUES (?,?,?,?,?,1)',
    );
    for (const migration of pending) {
      database.exec(migration.sql);
      const at = Date.now();
      record.run(randomUUID(), migration.checksum, migration.name, at, at);
    }
    database.exec('COMMIT');
    return pending.map((migration) => migration.name);
  } finally {
    database.close();
  }
}

async function migratePostgresql(until: string): Promise<string[]> {
  const { default: postgresql } = await import('pg');
  const client = new postgresql.Client({ connectionString: databaseUrl() });
  await client.connect();
  try {
    await client.query('BEGIN');
    // One migrator at a time, whichever machine it runs on; the number only has to be the same everywhere.
    await client.query('SELECT pg_advisory_xact_lock(72707369)');
    await client.query(recordTable('TIMESTAMPTZ'));
    const applied = (await client.query<{ name: string }>(readApplied)).rows;
    const pending = findPending(readMigrations(), applied, until);
    for (const migration of pending) {
      await client.query(migration.sql);
      await client.query(
        'INSERT INTO "_prisma_migrations" ("id","checksum","migration_name","finished_at","applied_steps_count") VALUES ($1,$2,$3,now(),1)',
        [randomUUID(), migration.checksum, migration.name],
      );
    }
    await sortByBytes(client);
    await client.query('COMMIT');
    return pending.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

/**
 * Gives all text the order of its bytes, as on SQLite: lists look alike on every server, and no index breaks
 * when the operating system's idea of an alphabet changes.
 */
async function sortByBytes(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ change: string }>(`
    SELECT format('ALTER TABLE %s %s', c.oid::regclass, string_agg(
      format('ALTER COLUMN %I TYPE TEXT COLLATE "C"', a.attname), ', ')) AS change
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0
      AND NOT a.attisdropped AND a.atttypid = 'text'::regtype
      AND a.attcollation <> 'pg_catalog."C"'::regcollation
    GROUP BY c.oid`);
  for (const { change } of rows) await client.query(change);
}

/**
 * Brings the database to this version's schema, or to that of the migration `until`; all or nothing. Returns
 * the names applied.
 */
export async function migrate(until = ''): Promise<string[]> {
  return isPostgresql() ? migratePostgresql(until) : migrateSqlite(until);
}
