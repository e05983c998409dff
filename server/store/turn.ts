// Chains of database calls run as microtasks only (lib/db.ts): a long loop must let sockets and timers in.

/** Resolves in the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
