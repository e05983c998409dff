// A transaction of SQLite that is ours: to open Prisma's takes as long as most steps take, so that is begun within
// ours, for the first step that asks for it. Its own BEGIN and COMMIT do nothing then (sqlite-adapter.ts).
import { type Direct, withDirectOver } from './direct.ts';
import type { WriterTransaction } from './sqlite-adapter.ts';

/** Prisma's `$transaction`. */
type Start<T> = (step: (tx: T) => Promise<void>) => Promise<void>;

/**
 * Begins, runs `run`, commits; rolls back where anything throws. `committing` is called just before the commit, which nobody knows
 * the outcome of where that throws.
 */
export async function runOwnTransaction<T extends object>(
  transaction: WriterTransaction,
  direct: Direct,
  start: Start<T>,
  run: (tx: T) => Promise<void>,
  committing: () => void,
): Promise<void> {
  const inner = nest(start);
  await transaction.begin();
  try {
    await run(withDirectOver(direct, inner.open));
    await inner.end();
    committing();
    transaction.commit();
  } catch (error) {
    await inner.end().catch(() => undefined);
    transaction.rollBack();
    throw error;
  }
}

function nest<T>(start: Start<T>): { open(): Promise<T>; end(): Promise<void> } {
  const over = Promise.withResolvers<void>();
  let opened: Promise<T> | null = null;
  let ended = Promise.resolve();
  const begin = () =>
    new Promise<T>((resolve, reject) => {
      ended = start((tx) => {
        resolve(tx);
        return over.promise;
      });
      ended.catch(reject);
    });
  return {
    open: () => {
      opened ??= begin();
      return opened;
    },
    end: () => {
      over.resolve();
      return ended;
    },
  };
}
