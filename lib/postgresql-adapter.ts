// Prisma's PostgreSQL adapter, made as safe as SQLite's (sqlite-adapter.ts). As it comes reads may write, and
// a COMMIT that the server turned into a ROLLBACK (a statement had failed, its error was caught) passes for
// one. This wrapper: reads on connections that refuse to write, transactions with a stated isolation, a look
// at what COMMIT did, and tagged SQL straight to the connection, prepared.
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { DirectConnection, SqliteAdapterFactory, TaggedSql } from './sqlite-adapter.ts';

/** Reads at once, snapshots among them, of one process. */
const readers = 10;
/** One transaction at a time, and a word to the other processes. */
const writers = 2;
/** How long somebody waits for a connection before it is an error. */
const connectionWaitMs = 20_000;
const idleConnectionMs = 60_000;
const preparedStatements = 300;

export type PostgresqlAdapterFactory = SqlMigrationAwareDriverAdapterFactory &
  Pick<SqliteAdapterFactory, 'direct' | 'snapshot'>;

type Queryable = Pick<pg.Pool, 'query'>;
type Transaction = Awaited<
  ReturnType<Awaited<ReturnType<PrismaPg['connect']>>['startTransaction']>
>;

/**
 * A factory of two pools behind one adapter: what runs outside a transaction reads on connections that refuse
 * to write; transactions have another one, unless they ask for the isolation of a snapshot.
 */
export function createPostgresqlAdapter(url: string): PostgresqlAdapterFactory {
  const makePool = (max: number, settings: string[]) =>
    new pg.Pool({
      connectionString: url,
      max,
      options: settings.map((setting) => `-c ${setting}`).join(' '),
      connectionTimeoutMillis: connectionWaitMs,
      idleTimeoutMillis: idleConnectionMs,
      keepAlive: true,
    });
  let connected: { reader: DirectConnection; writer: DirectConnection } | null = null;
  let snapshot: DirectConnection | null = null;
  const base = new PrismaPg(url);
  return {
    provider: base.provider,
    adapterName: base.adapterName,
    connectToShadowDb: () => base.connectToShadowDb(),
    direct: () => connected,
    snapshot: () => snapshot,
    connect: async () => {
      const readPool = makePool(readers, ['default_transaction_read_only=on']);
      // Who waits for a row lock goes on with what was committed meanwhile, and never fails for it.
      const writePool = makePool(writers, [
        'default_transaction_isolation=read\\ committed',
        'default_transaction_read_only=off',
        'synchronous_commit=on',
        'idle_in_transaction_session_timeout=120000',
      ]);
      const options = { disposeExternalPool: true };
      const reader = await new PrismaPg(readPool, options).connect();
      const writer = await new PrismaPg(writePool, options).connect();
      connected = { reader: connectDirectly(readPool), writer: connectDirectly(writePool) };
      const startSnapshot = reader.startTransaction.bind(reader);
      reader.startTransaction = async (isolation) => {
        if (isolation) {
          const transaction = await startSnapshot(isolation);
          snapshot = connectDirectly(connectionOf(transaction));
          return transaction;
        }
        const transaction = await writer.startTransaction();
        if (connected) connected.writer = connectDirectly(connectionOf(transaction));
        return checkCommit(transaction);
      };
      const close = reader.dispose.bind(reader);
      reader.dispose = async () => {
        connected = null;
        await close();
        await writer.dispose();
      };
      return reader;
    },
  };
}

function connectionOf(transaction: Transaction): pg.PoolClient {
  return (transaction as unknown as { client: pg.PoolClient }).client;
}

/** PostgreSQL answers COMMIT of a transaction with a failed statement by a ROLLBACK, without an error. */
function checkCommit(transaction: Transaction): Transaction {
  const execute = transaction.executeRaw.bind(transaction);
  transaction.executeRaw = async (query) => {
    if (query.sql !== 'COMMIT') return execute(query);
    const { command } = await connectionOf(transaction).query('COMMIT');
    if (command === 'COMMIT') return 0;
    // With the code that a further statement would have had: it is certain that nothing is stored.
    throw Object.assign(new Error('The database has rolled the transaction back.'), {
      code: '25P02',
    });
  };
  return transaction;
}

/** Names of SQL texts, so that a connection prepares each once; what comes after the last name has none. */
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known || names.size >= preparedStatements) return known;
  const name = `drey_${names.size}`;
  names.set(text, name);
  return name;
}

function connectDirectly(connection: Queryable): DirectConnection {
  const run = (statement: TaggedSql) => {
    const text = statement.text ?? statement.sql;
    return connection.query({
      name: nameOf(text),
      text,
      values: statement.values.map(toParameter),
      types,
    });
  };
  return {
    query: async (statement) => (await run(statement)).rows,
    execute: async (statement) => (await run(statement)).rowCount ?? 0,
  };
}

/** Columns hold UTC without saying so; a Date as pg writes it has the zone of this process. */
function toParameter(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace('Z', '');
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array && !Buffer.isBuffer(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value;
}

const { builtins } = pg.types;
const parsers: Partial<Record<number, (text: string) => unknown>> = {
  // As on SQLite integers are numbers, so none may be beyond 2^53; a sum of them is NUMERIC here.
  [builtins.INT8]: Number,
  [builtins.NUMERIC]: Number,
  [builtins.TIMESTAMP]: (text) => new Date(`${text.replace(' ', 'T')}Z`),
};
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    (format !== 'binary' && parsers[oid]) ||
    pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};
