// A map that keeps the entries used last, within a number of entries and a total weight.

export type RecentMap<T> = {
  get(key: string): T | undefined;
  set(key: string, value: T, weight?: number): void;
};

/** At most `maxEntries` entries and, where weights are given, `maxWeight` in all. */
export function recentMap<T>(
  maxEntries: number,
  maxWeight = Number.POSITIVE_INFINITY,
): RecentMap<T> {
  const entries = new Map<string, { value: T; weight: number }>();
  let total = 0;
  const drop = (key: string) => {
    total -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, weight = 0) {
      drop(key);
      if (weight > maxWeight) return;
      entries.set(key, { value, weight });
      total += weight;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && total <= maxWeight) break;
        drop(oldest);
      }
    },
  };
}
