// Prisma's SQLite adapter, made safe. As it comes it begins deferred transactions (two processes that
// read and then write fail against each other), waits for a lock inside the call (the event loop stops),
// runs with synchronous=NORMAL in WAL (an acknowledged write may be lost with the power) and prepares
// each statement anew. This wrapper: BEGIN IMMEDIATE with an asynchronous retry, pragmas, a statement cache.
import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type {
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type BetterSqlite3 from 'better-sqlite3';

/** How long a transaction waits for another process's lock before it gives up. */
const lockWaitMs = 20_000;
const cachedStatements = 400;

type Client = BetterSqlite3.Database;
type Adapter = SqlDriverAdapter & { client: Client };

export type SqliteAdapterFactory = SqlMigrationAwareDriverAdapterFactory & {
  /** Moves when another process (not this one) commits; null while there is no connection. */
  dataVersion(): number | null;
  /** Moves when anybody commits, this process too; null while there is no connection. */
  revision(): number | null;
};

/**
 * A factory of two connections behind one adapter: what runs outside a transaction reads on its own
 * connection, which refuses to write; transactions have the writing one. A read never sees, waits for or
 * joins a transaction that is open.
 */
export function createSqliteAdapter(url: string): SqliteAdapterFactory {
  let readVersion: () => number | null = () => null;
  let readRevision: () => number | null = () => null;
  // A reader in WAL mode waits only in rare moments (recovery, last close), so it may wait in the call.
  const readers = new PrismaBetterSqlite3({ url, timeout: 2000 });
  const writers = new PrismaBetterSqlite3({ url, timeout: 0 });
  return {
    provider: readers.provider,
    adapterName: readers.adapterName,
    connectToShadowDb: () => readers.connectToShadowDb(),
    dataVersion: () => readVersion(),
    revision: () => readRevision(),
    connect: async () => {
      const writer = await open(writers);
      const reader = await open(readers);
      reader.client.pragma('query_only = ON');
      // The pragma tells of commits by other connections than the one that is asked.
      readVersion = watchVersion(writer.client);
      readRevision = watchVersion(reader.client);
      const start = writer.startTransaction.bind(writer);
      reader.startTransaction = async (isolation) => {
        await beginImmediate(writer.client);
        // The adapter's own BEGIN is a no-op now (see cacheStatements), so its mutex cannot be left locked.
        return start(isolation);
      };
      const close = reader.dispose.bind(reader);
      reader.dispose = async () => {
        readVersion = () => null;
        readRevision = () => null;
        await close();
        await writer.dispose();
      };
      return reader;
    },
  };
}

async function open(factory: PrismaBetterSqlite3): Promise<Adapter> {
  const adapter = (await factory.connect()) as Adapter;
  await configure(adapter.client);
  cacheStatements(adapter.client);
  return adapter;
}

function watchVersion(client: Client): () => number {
  const statement = client.prepare('PRAGMA data_version').bind([]).raw();
  return () => Number((statement.all()[0] as unknown[])[0]);
}

/** Runs `step` again while another process holds the lock, without stopping the event loop. */
async function retryWhileBusy(step: () => void): Promise<void> {
  const deadline = performance.now() + lockWaitMs;
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 25)) {
    try {
      return step();
    } catch (error) {
      const isBusy = String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY');
      if (!isBusy || performance.now() > deadline) throw error;
      await sleep(waitMs * (0.5 + Math.random()));
    }
  }
}

async function configure(client: Client): Promise<void> {
  await retryWhileBusy(() => client.pragma('journal_mode = WAL'));
  client.pragma('synchronous = FULL');
  client.pragma('foreign_keys = ON');
  client.pragma('cache_size = -16000');
  client.pragma('temp_store = MEMORY');
}

async function beginImmediate(client: Client): Promise<void> {
  await retryWhileBusy(() => client.exec('BEGIN IMMEDIATE'));
}

/** Keeps prepared statements by their SQL. `bind` is imitated, since a real one is for ever. */
function cacheStatements(client: Client): void {
  const prepare = client.prepare.bind(client);
  type Kept = {
    statement: BetterSqlite3.Statement;
    columns: BetterSqlite3.ColumnDefinition[] | null;
  };
  const cache = new Map<string, Kept>();
  const find = (sql: string) => {
    const known = cache.get(sql);
    if (known) return known;
    const statement = prepare(sql);
    const made = { statement, columns: statement.reader ? statement.columns() : null };
    if (cache.size >= cachedStatements) cache.delete(cache.keys().next().value as string);
    cache.set(sql, made);
    return made;
  };
  const imitation = (sql: string) => {
    if (sql === 'BEGIN') return { run: () => undefined };
    const { statement, columns } = find(sql);
    return {
      bind: (args: unknown[]) => ({
        reader: columns !== null,
        columns: () => columns,
        run: () => statement.run(args),
        raw: () => ({ all: () => statement.raw(true).all(args) }),
      }),
    };
  };
  client.prepare = imitation as unknown as Client['prepare'];
}
