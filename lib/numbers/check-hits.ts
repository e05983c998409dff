// How often each check of incoming mail found something today, in the time zone of the service.
import { now } from '../clock.ts';
import { startOfServiceDay } from '../settings/service-zone.ts';
import { findRange, readTimeline } from './timeline.ts';

const minuteMs = 60_000;

export type Hit = { outcome: string; count: number };

/** By name of the check, the commonest outcome first. A check that passed all there was is missing. */
export async function readHitsToday(): Promise<Map<string, Hit[]>> {
  const until = now();
  const midnight = await startOfServiceDay(until);
  const rows = Math.floor((until.getTime() - midnight.getTime()) / minuteMs) + 1;
  const { totals } = await readTimeline({ ...findRange('24h'), rows, together: 1 }, until);
  const hits = new Map<string, Hit[]>();
  for (const [name, count] of totals('check.')) {
    const at = name.lastIndexOf('.');
    const check = name.slice(0, at);
    hits.set(check, [...(hits.get(check) ?? []), { outcome: name.slice(at + 1), count }]);
  }
  for (const list of hits.values()) list.sort((a, b) => b.count - a.count);
  return hits;
}
