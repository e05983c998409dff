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
/**
 * Pages of the log at which a commit copies them to the database, each page once: the more, the less often a page that
 * everybody writes to, and the longer that commit stops the event loop (2000 pages: some 15 ms).
 */
const checkpointPages = 2000;

type Client = BetterSqlite3.Database;
type Adapter = SqlDriverAdapter & { client: Client };

/** Tagged SQL, as Prisma's `sql` makes it; `text` is PostgreSQL's way of writing it. */
export type TaggedSql = { sql: string; text?: string; values: unknown[] };

/** Tagged SQL straight on a connection. Through Prisma's client it costs some five times as much. */
export type DirectConnection = {
  /** The rows, by column name; integers are numbers, so none may be beyond 2^53. */
  query(tagged: TaggedSql): unknown[] | Promise<unknown[]>;
  /** The number of rows that changed. */
  execute(tagged: TaggedSql): number | Promise<number>;
};

/** A transaction of the one writing connection. Prisma's client takes as long to open one as most steps take. */
export type WriterTransaction = {
  /** Waits while another process writes, without stopping the event loop. */
  begin(): Promise<void>;
  commit(): void;
  /** Harmless where SQLite has done it by itself. */
  rollBack(): void;
  /** After a failed commit: whether it is certain that nothing of the transaction is stored. */
  isRolledBack(): boolean;
};

export type SqliteAdapterFactory = SqlMigrationAwareDriverAdapterFactory & {
  /** Moves when another process (not this one) commits; null while there is no connection. */
  dataVersion(): number | null;
  /** Moves when anybody commits, this process too; null while there is no connection. */
  revision(): number | null;
  /** What runs outside and inside of transactions; null while there is no connection. */
  direct(): { reader: DirectConnection; writer: DirectConnection } | null;
  /** The writer's, one at a time; Prisma's own begins and ends within it, and is none on the connection. */
  transaction(): WriterTransaction | null;
  /** That of the snapshot which began last: to be asked before another one begins. */
  snapshot(): DirectConnection | null;
};

/** PRAGMA data_version: moves when another connection commits. */
type Version = { read(): number; forget(): void };
type Open = { reader: Connection; writer: Connection };
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>;
type Connection = {
  adapter: Adapter;
  direct: DirectConnection;
  version: Version;
  transaction: WriterTransaction;
};

/** The isolation that a transaction asks for when it only reads; others ask for none. */
export const snapshotIsolation = 'Serializable';

/**
 * A factory of several connections behind one adapter: what runs outside a transaction reads on its own
 * connection, which refuses to write; transactions have the writing one. A read never sees, waits for or
 * joins a transaction that is open. A transaction that asks for `snapshotIsolation` has a reading connection
 * to itself and holds nobody up.
 */
export function createSqliteAdapter(url: string): SqliteAdapterFactory {
  let connected: Open | null = null;
  let begun: DirectConnection | null = null;
  /** Of snapshots that have ended; the next ones take them. */
  const idle: Connection[] = [];
  // A reader in WAL mode waits only in rare moments (recovery, last close), so it may wait in the call.
  const readers = new PrismaBetterSqlite3({ url, timeout: 2000 });
  const writers = new PrismaBetterSqlite3({ url, timeout: 0 });
  return {
    provider: readers.provider,
    adapterName: readers.adapterName,
    connectToShadowDb: () => readers.connectToShadowDb(),
    // The pragma tells of commits by other connections than the one that is asked.
    dataVersion: () => connected?.writer.version.read() ?? null,
    revision: () => connected?.reader.version.read() ?? null,
    direct: () => connected && { reader: connected.reader.direct, writer: connected.writer.direct },
    transaction: () => connected?.writer.transaction ?? null,
    snapshot: () => begun,
    connect: async () => {
      const writer = await open(writers, true);
      const reader = await openReader(readers);
      const { transaction } = writer;
      const commit = () => {
        transaction.commit();
        reader.version.forget();
      };
      connected = { reader, writer: { ...writer, transaction: { ...transaction, commit } } };
      const start = writer.adapter.startTransaction.bind(writer.adapter);
      reader.adapter.startTransaction = async (isolation) => {
        if (isolation === snapshotIsolation.toUpperCase()) {
          const connection = idle.pop() ?? (await openReader(readers));
          begun = connection.direct;
          return startSnapshot(connection, () => {
            if (connected && idle.length === 0) idle.push(connection);
            else void connection.adapter.dispose();
          });
        }
        requireTransaction(writer.adapter.client);
        // The adapter's own BEGIN is a no-op (see cacheStatements), so its mutex cannot be left locked.
        return start(isolation);
      };
      const close = reader.adapter.dispose.bind(reader.adapter);
      reader.adapter.dispose = async () => {
        connected = null;
        for (const connection of idle.splice(0)) await connection.adapter.dispose();
        await close();
        await writer.adapter.dispose();
      };
      return reader.adapter;
    },
  };
}

async function open(factory: PrismaBetterSqlite3, isWriter = false): Promise<Connection> {
  const adapter = (await factory.connect()) as Adapter;
  const { client } = adapter;
  await configure(client);
  const direct = connectDirectly(client, isWriter);
  const version = watchVersion(client);
  cacheStatements(client, isWriter);
  const transaction = makeTransaction(client);
  return { adapter, direct, version, transaction };
}

/**
 * A command asks several times, and each question is two system calls. Asked again only when what runs now has ended: before
 * that nobody can have told us of another process's commit; of our own `forget` tells.
 */
function watchVersion(client: Client): Version {
  const statement = client.prepare('PRAGMA data_version').pluck().safeIntegers(false);
  let known: number | null = null;
  const forget = () => {
    known = null;
  };
  const read = () => {
    if (known === null) {
      known = statement.get() as number;
      process.nextTick(forget);
    }
    return known;
  };
  return { read, forget };
}

async function openReader(factory: PrismaBetterSqlite3): Promise<Connection> {
  const reader = await open(factory);
  reader.adapter.client.pragma('query_only = ON');
  return reader;
}

/** A transaction whose reads all see the last commit before its beginning; calls `giveBack` when it has ended. */
async function startSnapshot(connection: Connection, giveBack: () => void): Promise<Transaction> {
  const { adapter, direct } = connection;
  adapter.client.exec('BEGIN');
  // What is seen is settled by the first read, not by BEGIN.
  direct.query({ sql: 'SELECT 1 FROM sqlite_schema LIMIT 1', values: [] });
  const transaction = await adapter.startTransaction('SERIALIZABLE');
  const { commit, rollback } = transaction;
  transaction.commit = () => commit.call(transaction).finally(giveBack);
  transaction.rollback = () => rollback.call(transaction).finally(giveBack);
  return transaction;
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
  client.pragma(`wal_autocheckpoint = ${checkpointPages}`);
  client.pragma('foreign_keys = ON');
  client.pragma('cache_size = -16000');
  client.pragma('temp_store = MEMORY');
}

function makeTransaction(client: Client): WriterTransaction {
  let isRolledBack = false;
  const run = (sql: string) => client.exec(sql);
  return {
    begin: () => retryWhileBusy(() => run('BEGIN IMMEDIATE')),
    commit: () => {
      // A statement's fault has ended the transaction, and its step has not told.
      isRolledBack = !client.inTransaction;
      requireTransaction(client);
      try {
        run('COMMIT');
      } catch (error) {
        isRolledBack = isWithoutTrace(client, error);
        throw error;
      }
    },
    rollBack: () => {
      if (client.inTransaction) run('ROLLBACK');
    },
    isRolledBack: () => isRolledBack,
  };
}

/** Keeps what `make` makes of an SQL text, as often as it is asked for; the longest unused go. */
function remember<T>(make: (sql: string) => T): (sql: string) => T {
  const kept = new Map<string, T>();
  return (sql) => {
    const known = kept.get(sql) ?? make(sql);
    kept.delete(sql);
    kept.set(sql, known);
    if (kept.size > cachedStatements) kept.delete(kept.keys().next().value as string);
    return known;
  };
}

/**
 * SQLite ends a transaction by itself when a statement meets a full or a broken disk. What followed would be
 * committed by itself then, statement by statement.
 */
function requireTransaction(client: Client): void {
  if (!client.inTransaction) throw new Error('The transaction has ended before its time.');
}

function connectDirectly(client: Client, isWriter: boolean): DirectConnection {
  const prepare = client.prepare.bind(client);
  const find = remember((sql) => {
    const statement = prepare(sql);
    if (!statement.reader) return { statement, dates: [] };
    const dates = statement.columns().filter((column) => column.type === 'DATETIME');
    return { statement: statement.safeIntegers(false), dates: dates.map(({ name }) => name) };
  });
  return {
    query: ({ sql, values }) => {
      if (isWriter) requireTransaction(client);
      const { statement, dates } = find(sql);
      const rows = statement.all(values.map(toColumn)) as Record<string, unknown>[];
      for (const name of dates) {
        for (const row of rows) if (row[name] !== null) row[name] = new Date(row[name] as string);
      }
      return rows;
    },
    execute: ({ sql, values }) => {
      if (isWriter) requireTransaction(client);
      return find(sql).statement.run(values.map(toColumn)).changes;
    },
  };
}

/** As the adapter writes it, or equal times would not be equal. */
function toColumn(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace('Z', '+00:00');
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value;
}

/**
 * True for a COMMIT that found no room: then nothing of it is stored, and that is certain in WAL mode. The code
 * SQLITE_FULL means that a write had no room (a sync that fails has a code of its own), frames in the log count
 * only once the log's index says so, which is written last, and the transaction is rolled back.
 */
function isWithoutTrace(client: Client, error: unknown): boolean {
  if ((error as { code?: unknown }).code !== 'SQLITE_FULL') return false;
  if (client.inTransaction) client.exec('ROLLBACK');
  return !client.inTransaction;
}

/** What Prisma calls for a statement without parameters and rows; the writer's transaction is not ended by it. */
const imitatedEnd = {
  bind: () => ({ reader: false, columns: () => null, run: () => ({ changes: 0 }) }),
};

/** Keeps Prisma's prepared statements. `bind` is imitated, since a real one is for ever. */
function cacheStatements(client: Client, isWriter: boolean): void {
  const prepare = client.prepare.bind(client);
  const find = remember((sql) => {
    const statement = prepare(sql);
    return { statement, columns: statement.reader ? statement.columns() : null };
  });
  const imitation = (sql: string) => {
    if (sql === 'BEGIN') return { run: () => undefined };
    if (isWriter && (sql === 'COMMIT' || sql === 'ROLLBACK')) return imitatedEnd;
    if (isWriter) requireTransaction(client);
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
