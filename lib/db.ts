// The one gate to the database (docs/architecture.md, decision 4). Nobody else builds a client.
//
//   db            reads, on a connection of their own that refuses to write
//   write(step)   the only way to write: a queue before the one writer; what waits shares a commit
//   readSnapshot(step)   reads that all see the same commit, without holding the writer up
//
// Invariants: a write is durable when write() resolves (synchronous=FULL); a step that throws leaves no trace and harms
// no other; inside a step there is no socket, no DNS, no file, only `tx`.
import { setTimeout as sleep } from 'node:timers/promises';
import { Prisma, PrismaClient } from '../prisma/generated/sqlite/client.ts';
import { bindContext, findOpen, isOverTime, OverTime, runOutside } from './context.ts';
import { isConflict } from './db-errors.ts';
import { makeDirect, makeGuarded, withDirect } from './direct.ts';
import { databaseUrl, isPostgresql } from './env.ts';
import { runOwnTransaction } from './own-transaction.ts';
import { cutRows } from './rows.ts';
import {
  createSqliteAdapter,
  type SqliteAdapterFactory,
  snapshotIsolation,
} from './sqlite-adapter.ts';
import { endProcess, isKnownRolledBack, refuseFault, StorageRefusal } from './storage-failure.ts';
import { noteWrite, timeWrite } from './write-times.ts';

// Some 25 MB that a server on SQLite does not need, and the other way round.
const postgresql = isPostgresql()
  ? {
      adapter: await import('./postgresql-adapter.ts'),
      client: await import('../prisma/generated/postgresql/client.ts'),
    }
  : null;

export { isUniqueViolation } from './db-errors.ts';
export { cutRows } from './rows.ts';
/** Tagged SQL that both databases understand: `sql`, `join`, `raw` of Prisma. */
export const { sql, join, raw, empty } = Prisma;
export type Db = Omit<
  PrismaClient,
  '$transaction' | '$connect' | '$disconnect' | '$on' | '$extends'
>;
export type Tx = Db;
export type Sql = ReturnType<typeof sql>;

/** Steps that share one commit at most; bounds how long one transaction holds the lock. */
const groupSize = 64;
/** Times that a transaction begins when it meets another process's. */
const maxTries = 8;
const transactionOptions = { maxWait: 60_000, timeout: 120_000 };
/** A backup reads all rows in one snapshot. */
const snapshotMs = 7 * 24 * 3_600_000;

type Waiting = {
  step: (tx: Tx) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
};

type Handed<Item, Outcome> = {
  item: Item;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
};

type State = {
  client: PrismaClient | null;
  /** For tagged SQL past Prisma's client. */
  adapter: Pick<SqliteAdapterFactory, 'direct' | 'snapshot'> | null;
  /** Null on PostgreSQL. */
  sqlite: SqliteAdapterFactory | null;
  onCommit: Set<() => void>;
  onClose: Set<() => Promise<void>>;
  opened: number;
  waiting: Waiting[];
  isDraining: boolean;
};

// One client a process, also where a bundler loads this module twice (Next's routes and pages).
const shared = globalThis as typeof globalThis & { dreyDatabase?: State };
shared.dreyDatabase ??= {
  client: null,
  adapter: null,
  sqlite: null,
  onCommit: new Set(),
  onClose: new Set(),
  opened: 0,
  waiting: [],
  isDraining: false,
};
const state = shared.dreyDatabase;

// "minimal": the other formats take a stack trace at every call, for the error that seldom comes.
const clientOptions = { transactionOptions, errorFormat: 'minimal' } as const;

function open(): PrismaClient {
  state.opened++;
  if (!postgresql) {
    const adapter = createSqliteAdapter(databaseUrl());
    state.sqlite = adapter;
    state.adapter = adapter;
    return new PrismaClient({ adapter, ...clientOptions });
  }
  const adapter = postgresql.adapter.createPostgresqlAdapter(databaseUrl());
  state.adapter = adapter;
  const client = new postgresql.client.PrismaClient({ adapter, ...clientOptions });
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
  get: (_target, property) =>
    Reflect.get(findOpen()?.tx ?? findReader(property) ?? client(), property),
});

/** For tagged SQL that reads, where there is a connection already. */
function findReader(property: string | symbol): object | null {
  if (property !== '$queryRaw') return null;
  const reader = state.adapter?.direct()?.reader;
  return reader ? makeGuarded(makeDirect(reader, sql)) : null;
}

/**
 * Runs `step` in a transaction and resolves with its result once that is durable. Steps that wait at the same time
 * share one commit; each has a savepoint, so a throw undoes and rejects that step alone. A step may only use `tx`,
 * must be quick, and may run again: where two processes on PostgreSQL wait for each other, one of them begins anew.
 * Where the caller is a part of a transaction already (lib/joined.ts), `step` is too.
 */
export function write<T>(step: (tx: Tx) => Promise<T>): Promise<T> {
  const open = findOpen();
  if (open) return isOverTime(open) ? Promise.reject(new OverTime()) : step(open.tx as Tx);
  return new Promise<T>((resolve, reject) => {
    const own = noteWrite(bindContext(step));
    state.waiting.push({ step: own, resolve: resolve as (value: unknown) => void, reject });
    if (!state.isDraining) void runOutside(drain);
  });
}

/** Settles when the snapshot that is about to begin has begun. */
let beginning: Promise<unknown> = Promise.resolve();

/**
 * Runs `step` with a `db` whose reads all see the same commit: the last one before the step began. Holds no
 * writer up and is held up by none, however long it takes; rows that are written meanwhile stay unseen, and
 * disk space that is freed meanwhile is not used again, so it should not take longer than it must.
 */
export function readSnapshot<T>(step: (db: Db) => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    // One after the other, so that each finds the connection that is its own.
    beginning = beginning.then(
      () =>
        new Promise<void>((begun) => {
          runSnapshot(step, begun).then(resolve, reject).finally(begun);
        }),
    );
  });
}

async function runSnapshot<T>(step: (db: Db) => Promise<T>, begun: () => void): Promise<T> {
  // Only the client for PostgreSQL knows the other word.
  const isolationLevel = (isSqlite() ? snapshotIsolation : 'RepeatableRead') as 'Serializable';
  const options = { ...transactionOptions, timeout: snapshotMs, isolationLevel };
  return client().$transaction(async (tx) => {
    const connection = state.adapter?.snapshot() ?? state.adapter?.direct()?.writer;
    const own = connection ? withDirect(tx as Tx, makeDirect(connection, sql)) : (tx as Tx);
    begun();
    // SQLite's connection refuses to write by itself. The first read settles what is seen.
    if (!isSqlite()) await tx.$executeRaw`SET TRANSACTION READ ONLY`;
    await tx.$queryRaw`SELECT 1`;
    return step(own);
  }, options);
}

/**
 * Makes a write that serves many callers at once: what they hand over while the writer is busy goes to `run`
 * together, as one step of few statements. `run` returns an outcome for each item, in their order; an Error
 * rejects that item alone, which must have left nothing. Where `run` throws, each item is tried again alone.
 */
export function writeTogether<Item, Outcome>(
  run: (tx: Tx, items: Item[]) => Promise<(Outcome | Error)[]>,
): (item: Item) => Promise<Outcome> {
  const handed: Handed<Item, Outcome>[] = [];
  const takeNext = () => handed.splice(0, groupSize);
  const store = async (take: () => Handed<Item, Outcome>[]): Promise<void> => {
    let taken: Handed<Item, Outcome>[] | null = null;
    let isStepBad = false;
    try {
      const outcomes = await write(async (tx) => {
        // Where the transaction begins anew, with the same ones.
        taken ??= take();
        isStepBad = false;
        const items = taken.map(({ item }) => item);
        return run(tx, items).catch((error) => {
          isStepBad = true;
          throw error;
        });
      });
      settle(taken ?? [], outcomes);
    } catch (error) {
      const failed: Handed<Item, Outcome>[] = taken ?? take();
      // Only where the step failed: after a failed commit nobody knows what is stored.
      const isRepeated = isStepBad && failed.length > 1 && !(error instanceof StorageRefusal);
      if (isRepeated) for (const one of failed) void store(() => [one]);
      else for (const { reject } of failed) reject(error);
    }
  };
  return (item) =>
    new Promise((resolve, reject) => {
      handed.push({ item, resolve, reject });
      // A step for every group that waits; each takes what is there when its turn comes.
      if (handed.length % groupSize === 1) void store(takeNext);
    });
}

function settle<Item, Outcome>(
  handed: Handed<Item, Outcome>[],
  outcomes: (Outcome | Error)[],
): void {
  for (const [index, { resolve, reject }] of handed.entries()) {
    const outcome = outcomes[index] as Outcome | Error;
    if (outcome instanceof Error) reject(outcome);
    else resolve(outcome);
  }
}

/**
 * INSERTs of many rows, as few statements as is wise: `into` up to VALUES, each row "(…)", `end` after them.
 * Lets other work of the event loop in between two.
 */
export async function insertRows(tx: Tx, into: Sql, rows: Sql[], end: Sql = empty): Promise<void> {
  let isFirst = true;
  for (const part of cutRows(rows)) {
    if (!isFirst) await new Promise(setImmediate);
    isFirst = false;
    await tx.$executeRaw`${into} VALUES ${join(part)} ${end}`;
  }
}

async function drain(): Promise<void> {
  state.isDraining = true;
  try {
    // Let callers that are ready in this turn of the event loop join the first group.
    await new Promise(setImmediate);
    while (state.waiting.length > 0) {
      const group = state.waiting.splice(0, groupSize);
      await timeWrite(group[0]!.step, () => commitGroup(group));
    }
  } finally {
    state.isDraining = false;
  }
}

async function commitGroup(group: Waiting[]): Promise<void> {
  const settle = await runGroup(group).catch((error) => {
    // Nothing of the group was committed (or, alone in its group, the step itself threw).
    const refusal = refuseFault(error);
    for (const waiting of group) waiting.reject(refusal);
    return [];
  });
  for (const tell of settle) tell();
  if (settle.length > 0) for (const listener of state.onCommit) listener();
}

/** Runs the steps and commits; begins anew where the database gave way to another process. */
async function runGroup(group: Waiting[]): Promise<(() => void)[]> {
  for (let tries = 1; ; tries++) {
    let isCommitting = false;
    try {
      const settle: (() => void)[] = [];
      const run = async (tx: Tx) => {
        for (const waiting of group) {
          // Chains of queries run as microtasks only: give timers and sockets their turn.
          if (settle.length > 0) await new Promise(setImmediate);
          settle.push(await runStep(tx, waiting, group.length > 1));
        }
      };
      await transact(run, () => {
        isCommitting = true;
      });
      return settle;
    } catch (error) {
      if (isCommitting) await endUnlessRolledBack(error);
      if (!isConflict(error) || tries === maxTries) throw error;
      // Not in step with the other one, or both meet again.
      await sleep(Math.random() * 20 * 2 ** tries);
    }
  }
}

/** A transaction of `run`; `committing` is called before its end, whose outcome nobody knows where that fails. */
async function transact(run: (tx: Tx) => Promise<void>, committing: () => void): Promise<void> {
  const start = (step: (tx: Tx) => Promise<void>) =>
    client().$transaction((tx) => step(tx as Tx)) as Promise<void>;
  const direct = () => makeDirect(state.adapter!.direct()!.writer, sql);
  if (!state.adapter?.direct()) await client().$connect();
  const own = state.sqlite?.transaction();
  if (own) return runOwnTransaction(own, direct(), start, run, committing);
  await start(async (tx) => {
    // That of this transaction.
    await run(withDirect(tx, direct()));
    committing();
  });
}

/** After a commit that failed: on only where it is certain that nothing of it is stored. */
async function endUnlessRolledBack(error: unknown): Promise<void> {
  if (state.sqlite?.transaction()?.isRolledBack() || isKnownRolledBack(error)) return;
  endProcess('The commit', error);
  await new Promise(() => {});
}

/** Runs one step of a group; returns what to tell its caller after the commit. */
async function runStep(tx: Tx, waiting: Waiting, hasPeers: boolean): Promise<() => void> {
  if (!hasPeers) {
    const value = await waiting.step(tx);
    return () => waiting.resolve(value);
  }
  await tx.$executeRaw`SAVEPOINT step`;
  try {
    const value = await waiting.step(tx);
    await tx.$executeRaw`RELEASE SAVEPOINT step`;
    return () => waiting.resolve(value);
  } catch (error) {
    // Locks of earlier steps may be a part of it: the whole group gives way.
    if (isConflict(error)) throw error;
    const refusal = refuseFault(error);
    try {
      await tx.$executeRaw`ROLLBACK TO SAVEPOINT step`;
      await tx.$executeRaw`RELEASE SAVEPOINT step`;
    } catch {
      // The fault has taken the whole transaction with it, and so the group.
      throw refusal;
    }
    return () => waiting.reject(refusal);
  }
}

/** Moves when the database is opened anew: what a process remembered of it may be another one's. */
export function countDatabasesOpened(): number {
  return state.opened;
}

/**
 * A number that moves when another process commits (SQLite); null where it cannot be told (PostgreSQL, or
 * nothing was read yet). Costs some microseconds.
 */
export function readDataVersion(): number | null {
  return state.sqlite?.dataVersion() ?? null;
}

/**
 * A read that is only done again after something was committed, by whomever (SQLite, told by data_version);
 * PostgreSQL does not tell, so there it is done each time. Callers must not change the value.
 */
export function readOnceACommit<T>(read: () => Promise<T>): () => Promise<T> {
  let known: { revision: number; opened: number; value: Promise<T> } | null = null;
  return () => {
    const revision = state.sqlite?.revision() ?? null;
    if (revision === null || findOpen()) return read();
    const { opened } = state;
    if (known?.revision === revision && known.opened === opened) return known.value;
    // The revision is older than what is read, if anything: the next look reads again then.
    const value = read();
    known = { revision, opened, value };
    value.catch(() => {
      known = null;
    });
    return value;
  };
}

/** Calls `listener` after each commit of this process; the result ends that. */
export function onCommit(listener: () => void): () => void {
  state.onCommit.add(listener);
  return () => state.onCommit.delete(listener);
}

/** Calls `step` before the connections close. */
export function onCloseDatabase(step: () => Promise<void>): void {
  state.onClose.add(step);
}

/** Closes the connections after the last waiting write. */
export async function closeDatabase(): Promise<void> {
  while (state.isDraining || state.waiting.length > 0) await new Promise(setImmediate);
  for (const step of state.onClose) await step();
  const open = state.client;
  state.client = null;
  await open?.$disconnect();
}
