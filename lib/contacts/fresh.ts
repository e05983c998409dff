// What was read a moment ago, kept in memory so that a key press does not read ten thousand rows again. One a process
// (Next loads modules several times). Invariant: it may be stale for `freshMs` after another process's change, never
// after one of this process that calls drop().
import { uptimeMs } from '../clock.ts';

type Entry = { at: number; value: Promise<unknown> };
const shared = globalThis as { dreyFresh?: Map<string, Map<string, Entry>> };

export type Fresh<T> = {
  /** The value of `key`, read anew when it is older than that. Callers must not change it. */
  read(key: string): Promise<T>;
  drop(key: string): void;
};

/** Keeps at most `maxEntries` values for `freshMs` each. `name` is its own. */
export function keepFresh<T>(
  name: string,
  { freshMs, maxEntries }: { freshMs: number; maxEntries: number },
  read: (key: string) => Promise<T>,
): Fresh<T> {
  shared.dreyFresh ??= new Map();
  const entries = shared.dreyFresh.get(name) ?? new Map<string, Entry>();
  shared.dreyFresh.set(name, entries);
  return {
    read(key) {
      const known = entries.get(key);
      if (known && uptimeMs() - known.at < freshMs) return known.value as Promise<T>;
      const value = read(key);
      entries.delete(key);
      entries.set(key, { at: uptimeMs(), value });
      if (entries.size > maxEntries) entries.delete(entries.keys().next().value as string);
      value.catch(() => entries.delete(key));
      return value;
    },
    drop: (key) => void entries.delete(key),
  };
}
