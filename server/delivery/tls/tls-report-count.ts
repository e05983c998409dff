// Counts TLS sessions with other servers for their daily reports (RFC 8460). Kept in memory for some seconds, so that
// no delivery waits for a row; a crash loses these seconds of statistics, nothing else.
import { now } from '#lib/clock.ts';
import { insertRows, onCloseDatabase, sql, write } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';
import { dayOf } from '#server/store/day.ts';

export type PolicyType = 'tlsa' | 'sts' | 'no-policy-found';

const flushMs = 10_000;
const maxWaiting = 2000;
const log = logOf('delivery');

type Key = { day: number; domain: string; policyType: PolicyType; mx: string; result: string };
let waiting = new Map<string, { key: Key; count: number }>();
let timer: NodeJS.Timeout | null = null;
let flushing: Promise<void> = Promise.resolve();
onCloseDatabase(() => flushTls());

/** One more session. `result`: "success" or a failure type. */
export function countTls(domain: string, policyType: PolicyType, mx: string, result: string): void {
  const key: Key = { day: dayOf(now()), domain, policyType, mx, result };
  const id = Object.values(key).join(' ');
  const known = waiting.get(id);
  if (known) known.count++;
  else waiting.set(id, { key, count: 1 });
  if (waiting.size >= maxWaiting) void flushTls();
  if (timer) return;
  timer = setTimeout(() => void flushTls(), flushMs);
  timer.unref();
}

/** Stores what waits. Never throws. */
export function flushTls(): Promise<void> {
  if (timer) clearTimeout(timer);
  timer = null;
  const taken = [...waiting.values()];
  waiting = new Map();
  if (taken.length > 0) flushing = flushing.then(() => store(taken));
  return flushing;
}

async function store(taken: { key: Key; count: number }[]): Promise<void> {
  const rows = taken
    // One order everywhere: two processes that store at once do not wait for each other in a circle.
    .sort((a, b) => (Object.values(a.key).join(' ') < Object.values(b.key).join(' ') ? -1 : 1))
    .map(
      ({ key: { day, domain, policyType, mx, result }, count }) =>
        sql`(${day}, ${domain}, ${policyType}, ${mx}, ${result}, ${count})`,
    );
  await write((tx) =>
    insertRows(
      tx,
      sql`INSERT INTO "TlsResult" ("day", "domain", "policyType", "mx", "result", "count")`,
      rows,
      sql`ON CONFLICT ("day", "domain", "policyType", "mx", "result")
          DO UPDATE SET "count" = "TlsResult"."count" + excluded."count"`,
    ),
  ).catch((error) => log.error({ err: error }, 'TLS results not stored'));
}
