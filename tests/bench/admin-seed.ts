// A large server for the bench of the panel: users, domains, aliases, events of the trail and waiting mail, straight into the tables by the same
// SQL on both databases, in some seconds.
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

export type Size = { users: number; domains: number; events: number };

/** Rows of one statement: a transaction of SQLite keeps others out. */
const rowsAtOnce = 50_000;

type Run = (text: string) => Promise<void>;

/**
 * Fills the database of a server that has `first` as its administrator. Users are u0@d0.bench.test and so on, with the password
 * hash of the administrator; the first user of each tenth domain looks after it (u0@d0, u10@d10, …).
 */
export async function seedPanel(
  database: { file: string } | { url: string },
  { users, domains, events }: Size,
  administrator: string,
): Promise<void> {
  const isSqlite = 'file' in database;
  const { run, close } = isSqlite ? openSqlite(database.file) : await openPostgresql(database.url);
  const time = isSqlite
    ? (seconds: string) =>
        `strftime('%Y-%m-%dT%H:%M:%S.000+00:00', 'now', '-' || (${seconds}) || ' seconds')`
    : (seconds: string) => `CURRENT_TIMESTAMP - (${seconds}) * INTERVAL '1 second'`;
  const fill = async (rows: number, statement: (numbers: string) => string) => {
    for (let start = 0; start < rows; start += rowsAtOnce) {
      const end = Math.min(rows, start + rowsAtOnce);
      const numbers = `WITH RECURSIVE n(i) AS (SELECT ${start} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${end})`;
      await run(statement(numbers));
    }
  };
  const id = (kind: string, number: string) => `'${kind}' || CAST(${number} AS TEXT)`;
  const domain = `'d' || CAST(i % ${domains} AS TEXT) || '.bench.test'`;
  const address = `'u' || CAST(i AS TEXT) || '@' || ${domain}`;
  await fill(
    domains,
    (numbers) => `INSERT INTO "Domain" ("id", "name", "createdAt")
    ${numbers} SELECT ${id('d', 'i')}, 'd' || CAST(i AS TEXT) || '.bench.test', ${time('i')} FROM n`,
  );
  await fill(
    users,
    (
      numbers,
    ) => `INSERT INTO "Account" ("id", "address", "domainId", "displayName", "role", "passwordHash",
      "usedBytes", "usedMessages", "createdAt", "lastLoginAt")
    ${numbers} SELECT ${id('u', 'i')}, ${address}, ${id('d', `i % ${domains}`)}, 'Person ' || CAST(i * 7919 % ${users} AS TEXT),
      CASE WHEN i < ${domains} AND i % 10 = 0 THEN 'domain-admin' ELSE 'user' END,
      (SELECT "passwordHash" FROM "Account" WHERE "address" = '${administrator}'),
      i % 1000 * 1000000, i % 1000, ${time('i')}, CASE WHEN i % 3 = 0 THEN NULL ELSE ${time('i * 13 % 8000000')} END FROM n`,
  );
  await fill(
    domains,
    (numbers) => `INSERT INTO "Charge" ("accountId", "domainId")
    ${numbers} SELECT ${id('u', 'i')}, ${id('d', 'i')} FROM n WHERE i % 10 = 0`,
  );
  await fill(
    domains * 10,
    (numbers) => `INSERT INTO "Alias" ("id", "address", "domainId", "createdAt")
    ${numbers} SELECT ${id('a', 'i')}, 'a' || CAST(i AS TEXT) || '@' || ${domain}, ${id('d', `i % ${domains}`)}, ${time('i')} FROM n`,
  );
  await fill(
    domains * 10,
    (numbers) => `INSERT INTO "AliasTarget" ("aliasId", "address")
    ${numbers} SELECT ${id('a', 'i')}, ${address} FROM n`,
  );
  const kinds = `CASE i % 8 WHEN 0 THEN 'received' WHEN 1 THEN 'delivered' WHEN 2 THEN 'queued' WHEN 3 THEN 'sent'
    WHEN 4 THEN 'refused' WHEN 5 THEN 'login' WHEN 6 THEN 'deferred' ELSE 'delivered' END`;
  await fill(
    events,
    (
      numbers,
    ) => `INSERT INTO "TrailEvent" ("id", "at", "traceId", "kind", "sender", "recipient", "remote", "reason", "text")
    ${numbers} SELECT ${id('e', 'i')}, ${time('i * 7')}, ${id('t', 'i / 4')}, ${kinds},
      CASE WHEN i % 8 = 5 THEN ${address} ELSE 'p' || CAST(i % 5000 AS TEXT) || '@far.test' END,
      CASE WHEN i % 8 = 5 THEN '' ELSE ${address} END, '192.0.2.' || CAST(i % 250 AS TEXT), '', 'as usual' FROM n`,
  );
  await close();
}

function openSqlite(file: string): { run: Run; close: () => Promise<void> } {
  const database = new DatabaseSync(file, { timeout: 60_000 });
  return {
    run: async (text) => {
      database.exec(text);
      // Connections that were closed meanwhile are seen as closed.
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
    close: async () => database.close(),
  };
}

async function openPostgresql(url: string): Promise<{ run: Run; close: () => Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    run: async (text) => {
      await client.query(text);
    },
    close: async () => {
      await client.query('ANALYZE');
      await client.end();
    },
  };
}
