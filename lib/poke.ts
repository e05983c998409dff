// Hints that something changed. A poke is never the truth: whoever hears one reads the journal or the
// rows; whoever misses one catches up at the next poll. Pokes are given after commit, never before.
import { EventEmitter } from 'node:events';
import { db, isSqlite } from './db.ts';

const emitter = new EventEmitter();
emitter.setMaxListeners(0);

/** What may be poked: a mailbox (by account), the queue, or anything another process committed. */
export type Topic = `mailbox:${string}:${string}` | `account:${string}` | 'queue' | 'elsewhere';

/** Tells listeners of this process that `topic` changed. */
export function poke(topic: Topic): void {
  emitter.emit(topic);
}

/** Calls `listener` at each poke of `topic`; returns the function that ends it. */
export function onPoke(topic: Topic, listener: () => void): () => void {
  emitter.on(topic, listener);
  return () => emitter.off(topic, listener);
}

/** Milliseconds within which a change made by another process is noticed. */
export const pollIntervalMs = 100;

/**
 * Watches for commits of other processes and pokes 'elsewhere' when there was one. SQLite tells by
 * data_version (2 µs a look); on PostgreSQL every interval counts as a change. Returns the stop.
 */
export function watchOtherProcesses(): () => void {
  let last: bigint | number | null = null;
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      if (!isSqlite()) {
        emitter.emit('elsewhere');
        return;
      }
      const rows =
        await db.$queryRawUnsafe<{ data_version: bigint | number }[]>('PRAGMA data_version');
      const version = rows[0]?.data_version ?? 0;
      if (last !== null && version !== last) emitter.emit('elsewhere');
      last = version;
    } catch {
      // The next look tries again; a closed database ends the watch by its stop.
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(look, pollIntervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
