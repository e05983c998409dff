// The one gate to the database (docs/architecture.md, decision 4). Nobody else builds a client.
//
//   db            reads, on a connection of their own
//   write(step)   the only way to write: a queue before the one writer; what waits shares a commit
//
// Invariants: a write is durable when write() resolves (synchronous=FULL); a step that throws leaves no
// trace and harms no other step; inside a step there is no socket, no DNS, no file, only `tx`.
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient as PostgresqlClient } from '../prisma/generated/postgresql/client.ts';
import { Prisma, PrismaClient } from '../prisma/generated/sqlite/client.ts';
import { databaseUrl, isPostgresql } from './env.ts';
import { createSqliteAdapter } from './sqlite-adapter.ts';

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

type Clients = { reader: PrismaClient; writer: PrismaClient };
type Waiting = {
  step: (tx: Tx) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
};

// One set of clients a process, also where a bundler loads this module twice (Next's routes and pages).
const shared = globalThis as typeof globalThis & {
  dreyDatabase?: { clients: Clients | null; waiting: Waiting[]; isDraining: boolean };
};
shared.dreyDatabase ??= { clients: null, waiting: [], isDraining: false };
const state = shared.dreyDatabase;

function open(): Clients {
  if (isPostgresql()) {
    const connectionString = databaseUrl();
    const make = (max: number) =>
      new PostgresqlClient({
        adapter: new PrismaPg({ connectionString, max }),
        transactionOptions,
      }) as unknown as PrismaClient;
    return { reader: make(8), writer: make(2) };
  }
  const make = (isReader: boolean) =>
    new PrismaClient({ adapter: createSqliteAdapter(databaseUrl(), isReader), transactionOptions });
  return { reader: make(true), writer: make(false) };
}

function clients(): Clients {
  state.clients ??= open();
  return state.clients;
}

/** True on SQLite, false on PostgreSQL. */
export function isSqlite(): boolean {
  return !isPostgresql();
}

/** Reads. Never write through this: it is another connection, outside the queue. */
export const db: Db = new Proxy({} as Db, {
  get: (_target, property) => Reflect.get(clients().reader, property),
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
      // Chains of queries run as microtasks only: give timers and sockets their turn.
      await new Promise(setImmediate);
    }
  } finally {
    state.isDraining = false;
  }
}

async function commitGroup(group: Waiting[]): Promise<void> {
  const settle: (() => void)[] = [];
  try {
    await clients().writer.$transaction(async (tx) => {
      for (const waiting of group) settle.push(await runStep(tx as Tx, waiting, group.length > 1));
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

/** Closes both clients after the last waiting write. */
export async function closeDatabase(): Promise<void> {
  while (state.isDraining || state.waiting.length > 0) await new Promise(setImmediate);
  const open = state.clients;
  state.clients = null;
  await open?.reader.$disconnect();
  await open?.writer.$disconnect();
}

/** True for a unique violation, from the query engine or from raw SQL. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Object) || !('code' in error)) return false;
  if (error.code === 'P2002') return true;
  const cause = (error as { meta?: { driverAdapterError?: { cause?: { kind?: string } } } }).meta
    ?.driverAdapterError?.cause;
  return cause?.kind === 'UniqueConstraintViolation';
}
