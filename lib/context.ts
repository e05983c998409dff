// What is known of the call that runs, wherever in it somebody asks: where it comes from, and the transaction that it
// is a part of. Handed on by the runtime (AsyncLocalStorage), through the queue of lib/db.ts too.
import { AsyncLocalStorage } from 'node:async_hooks';
import { uptimeMs } from './clock.ts';

/** A transaction that takes in every write() and every read of the calls inside it (lib/joined.ts). */
export type Open = {
  tx: object;
  /** False once it has ended: what was begun in it and comes late writes for itself. */
  isOpen: boolean;
  /** To be told once it is durable. */
  later: (() => void)[];
  /** By uptimeMs(): it writes nothing more after that. */
  endsAtMs: number;
};

/** Of a transaction that has held the writer for as long as it may: none of it was done. */
export class OverTime extends Error {
  constructor() {
    super('The transaction has held the writer for too long.');
  }
}

export type Context = {
  /** Of lib/history/origin.ts */
  origin?: object;
  open?: Open;
};

// One a process, also where a bundler loads this module twice (as in db.ts).
const shared = globalThis as typeof globalThis & { dreyContext?: AsyncLocalStorage<Context> };
shared.dreyContext ??= new AsyncLocalStorage();
const storage = shared.dreyContext;

/** The context of the call that runs; undefined for most. */
export function readContext(): Context | undefined {
  return storage.getStore();
}

/** Runs `run` with `more` known beside what is known already. */
export function runWith<T>(more: Context, run: () => T): T {
  return storage.run({ ...storage.getStore(), ...more }, run);
}

/** `step` with what is known here, wherever it runs. */
export function bindContext<Given, T>(step: (given: Given) => T): (given: Given) => T {
  const known = storage.getStore();
  return known ? (given) => storage.run(known, () => step(given)) : step;
}

/** Runs what serves others too. */
export function runOutside<T>(run: () => T): T {
  return storage.exit(run);
}

/** The transaction that the call that runs is a part of. */
export function findOpen(): Open | undefined {
  const open = storage.getStore()?.open;
  return open?.isOpen ? open : undefined;
}

/** Whether a further write of it is an OverTime. */
export function isOverTime({ endsAtMs }: Open): boolean {
  return uptimeMs() > endsAtMs;
}

/** Calls `tell` at once, or where the call is a part of a transaction, once that is durable. */
export function afterCommit(tell: () => void): void {
  const open = findOpen();
  if (open) open.later.push(tell);
  else tell();
}
