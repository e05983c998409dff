// Hints that something changed. A poke is never the truth: whoever hears one reads the journal or the
// rows; whoever misses one catches up at the next poll. Pokes are given after commit, never before.
import { EventEmitter } from 'node:events';
import { isSqlite, readDataVersion } from './db.ts';

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
 * data_version; on PostgreSQL every interval counts as a change. Returns the stop.
 */
export function watchOtherProcesses(): () => void {
  let last: number | null = null;
  const timer = setInterval(() => {
    const version = readDataVersion();
    const isChanged = isSqlite() ? last !== null && version !== last : true;
    last = version;
    if (isChanged) emitter.emit('elsewhere');
  }, pollIntervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
