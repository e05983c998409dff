// The one gate to the database (docs/architecture.md, decision 4). Nobody else builds a client.
//
//   db            reads, on a connection of their own that refuses to write
//   write(step)   the only way to write: a queue before the one writer; what waits shares a commit
//
// Invariants: a write is durable when write() resolves (synchronous=FULL); a step that throws leaves no
// trace and harms no other step; inside a step there is no socket, no DNS, no file, only `tx`.
import { Prisma, PrismaClient } from '../prisma/generated/sqlite/client.ts';
import { databaseUrl, isPostgresql } from './env.ts';
import { createSqliteAdapter } from './sqlite-adapter.ts';

// Some 25 MB that a server on SQLite does not need, and the other way round.
const postgresql = isPostgresql()
  ? {
      adapter: await import('@prisma/adapter-pg'),
      client: await import('../prisma/generated/postgresql/client.ts'),
    }
  : null;

/** Tagged SQL that both databases understand: `sql`, `join`, `raw` of Prisma. */
export const { sql, join, raw, empty } = Prisma;
export type Db = Omit<
  PrismaClient,
  '$transaction' | '$connect' | '$disconnect' | '$on' | '$extends'
>;
export type Tx = Db;

/** Steps that share one commit at most; bounds how long one transaction holds the lock. */
const groupSize = 64;
const transactionOptions = { maxWait: 60_000, timeout: 120_000 };

type Waiting = {
  step: (tx: Tx) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
};

type State = {
  client: PrismaClient | null;
  readVersion: () => number | null;
  waiting: Waiting[];
  isDraining: boolean;
};

// One client a process, also where a bundler loads this module twice (Next's routes and pages).
const shared = globalThis as typeof globalThis & {
  dreyDatabase?: State;
};
shared.dreyDatabase ??= { client: null, readVersion: () => null, waiting: [], isDraining: false };
const state = shared.dreyDatabase;

function open(): PrismaClient {
  if (!postgresql) {
    const adapter = createSqliteAdapter(databaseUrl());
    state.readVersion = adapter.dataVersion;
    return new PrismaClient({ adapter, transactionOptions });
  }
  const adapter = new postgresql.adapter.PrismaPg({ connectionString: databaseUrl(), max: 8 });
  const client = new postgresql.client.PrismaClient({ adapter, transactionOptions });
  return client as unknown as PrismaClient;
}

function client(): PrismaClient {
  state.client ??= open();
  return state.client;
}

/** True on SQLite, false on PostgreSQL. */
export function isSqlite(): boolean {
  return !isPostgresql();
}

/** Reads. Never write through this: it is another connection, outside the queue. */
export const db: Db = new Proxy({} as Db, {
  get: (_target, property) => Reflect.get(client(), property),
});

/**
 * Runs `step` in a transaction and resolves with its result once that is durable. Steps that wait at the
 * same time share one commit; each has a savepoint, so a throw undoes and rejects that step alone.
 * A step may only use `tx`, and must be quick.
 */
export function write<T>(step: (tx: Tx) => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    state.waiting.push({ step, resolve: resolve as (value: unknown) => void, reject });
    if (!state.isDraining) void drain();
  });
}

async function drain(): Promise<void> {
  state.isDraining = true;
  try {
    // Let callers that are ready in this turn of the event loop join the first group.
    await new Promise(setImmediate);
    while (state.waiting.length > 0) {
      await commitGroup(state.waiting.splice(0, groupSize));
    }
  } finally {
    state.isDraining = false;
  }
}

async function commitGroup(group: Waiting[]): Promise<void> {
  const settle: (() => void)[] = [];
  try {
    await client().$transaction(async (tx) => {
      for (const waiting of group) {
        settle.push(await runStep(tx as Tx, waiting, group.length > 1));
        // Chains of queries run as microtasks only: give timers and sockets their turn.
        await new Promise(setImmediate);
      }
    });
  } catch (error) {
    // Nothing of the group was committed (or, alone in its group, the step itself threw).
    for (const waiting of group) waiting.reject(error);
    return;
  }
  for (const tell of settle) tell();
}

/** Runs one step of a group; returns what to tell its caller after the commit. */
async function runStep(tx: Tx, waiting: Waiting, hasPeers: boolean): Promise<() => void> {
  if (!hasPeers) {
    const value = await waiting.step(tx);
    return () => waiting.resolve(value);
  }
  await tx.$executeRawUnsafe('SAVEPOINT step');
  try {
    const value = await waiting.step(tx);
    await tx.$executeRawUnsafe('RELEASE SAVEPOINT step');
    return () => waiting.resolve(value);
  } catch (error) {
    await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT step');
    await tx.$executeRawUnsafe('RELEASE SAVEPOINT step');
    return () => waiting.reject(error);
  }
}

/**
 * A number that moves when another process commits (SQLite); null where it cannot be told (PostgreSQL, or
 * nothing was read yet). Costs some microseconds.
 */
export function readDataVersion(): number | null {
  return state.readVersion();
}

/** Closes the connections after the last waiting write. */
export async function closeDatabase(): Promise<void> {
  while (state.isDraining || state.waiting.length > 0) await new Promise(setImmediate);
  const open = state.client;
  state.client = null;
  await open?.$disconnect();
}

/** True for a unique violation, from the query engine or from raw SQL. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Object) || !('code' in error)) return false;
  if (error.code === 'P2002') return true;
  const cause = (error as { meta?: { driverAdapterError?: { cause?: { kind?: string } } } }).meta
    ?.driverAdapterError?.cause;
  return cause?.kind === 'UniqueConstraintViolation';
}
