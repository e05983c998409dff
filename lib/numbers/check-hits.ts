// How often each check of incoming mail found something today (UTC).
import { findRange, readTimeline } from './timeline.ts';

export type Hit = { outcome: string; count: number };

/** By name of the check, the commonest outcome first. A check that passed all there was is missing. */
export async function readHitsToday(): Promise<Map<string, Hit[]>> {
  const { totals } = await readTimeline({ ...findRange('90d'), rows: 1 });
  const hits = new Map<string, Hit[]>();
  for (const [name, count] of totals('check.')) {
    const at = name.lastIndexOf('.');
    const check = name.slice(0, at);
    hits.set(check, [...(hits.get(check) ?? []), { outcome: name.slice(at + 1), count }]);
  }
  for (const list of hits.values()) list.sort((a, b) => b.count - a.count);
  return hits;
}
