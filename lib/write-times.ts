// How long writes to the database took, told to whoever counts it (server/metrics). lib/db.ts tells.

type Listener = (waitedMs: number, tookMs: number) => void;
const listeners = new Set<Listener>();

/** Calls `listener` after each transaction: how long its first step had waited, and how long it took with its commit. */
export function watchWriteTimes(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const since = new WeakMap<object, number>();

/** From now on `step` waits for its transaction. */
export function noteWrite<T extends object>(step: T): T {
  since.set(step, performance.now());
  return step;
}

/** Runs a transaction and tells how long it took, and how long its first step has waited. */
export async function timeWrite(first: object, run: () => Promise<void>): Promise<void> {
  const startedMs = performance.now();
  await run();
  const tookMs = performance.now() - startedMs;
  for (const listener of listeners) listener(startedMs - (since.get(first) ?? startedMs), tookMs);
}
