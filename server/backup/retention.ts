// Which snapshots stay: everything of the last day, the newest one of each of so many days, weeks and months. Pure.

export type KeepPolicy = { daily: number; weekly: number; monthly: number };

const dayMs = 86_400_000;

/** The names that stay, of names of snapshots in any order. The newest one always stays. */
export function chooseKept(names: string[], policy: KeepPolicy, at: Date): Set<string> {
  const newestFirst = names.toSorted().reverse();
  const kept = new Set(newestFirst.slice(0, 1));
  for (const name of newestFirst) {
    if (at.getTime() - timeOf(name).getTime() < dayMs) kept.add(name);
  }
  const spans: [number, (name: string) => string][] = [
    [policy.daily, (name) => name.slice(0, 10)],
    [policy.weekly, (name) => weekOf(timeOf(name))],
    [policy.monthly, (name) => name.slice(0, 7)],
  ];
  for (const [count, spanOf] of spans) {
    const seen = new Set<string>();
    for (const name of newestFirst) {
      const span = spanOf(name);
      if (seen.has(span)) continue;
      if (seen.size >= count) break;
      seen.add(span);
      kept.add(name);
    }
  }
  return kept;
}

/** "2026-11-20T02-30-00.000Z" → that moment. */
export function timeOf(name: string): Date {
  return new Date(name.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'));
}

/** A number of weeks that begin on Monday. */
function weekOf(date: Date): string {
  // 1970-01-01 was a Thursday.
  return String(Math.floor((date.getTime() / dayMs + 3) / 7));
}
