// Counts what DMARC found about received mail, for the daily reports to the domains that ask for them (RFC 9990). Kept
// in memory for some seconds, so that no message waits for a row; a crash loses these seconds of statistics.
import { createHash } from 'node:crypto';
import { now } from '#lib/clock.ts';
import { insertRows, onCloseDatabase, sql, write } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';
import { dayOf } from '#server/store/day.ts';

/** A record of the report but for its number. Neither recipients nor local parts are in it. */
export type CountedResult = {
  source: string;
  disposition: 'none' | 'quarantine' | 'reject' | 'pass';
  isDkimAligned: boolean;
  isSpfAligned: boolean;
  /** Why the disposition is not what the domain asks for (RFC 9990 §3.1.6). */
  override: 'local_policy' | 'trusted_forwarder' | 'policy_test_mode' | '';
  headerFrom: string;
  /** Empty for the null sender. */
  envelopeFrom: string;
  dkim: { domain: string; selector: string; result: string }[];
  spf: { domain: string; result: string };
};

const flushMs = 10_000;
const maxWaiting = 2000;
const log = logOf('delivery');

type Waiting = { day: number; domain: string; id: string; facts: string; count: number };
let waiting = new Map<string, Waiting>();
let timer: NodeJS.Timeout | null = null;
let flushing: Promise<void> = Promise.resolve();
onCloseDatabase(() => flushDmarc());

/** One more message of which DMARC found this. `domain`: where the policy stands. */
export function countDmarc(domain: string, result: CountedResult): void {
  const day = dayOf(now());
  const facts = JSON.stringify(result);
  const id = createHash('sha256').update(facts).digest('base64url').slice(0, 22);
  const key = `${day} ${domain} ${id}`;
  const known = waiting.get(key);
  if (known) known.count++;
  else waiting.set(key, { day, domain, id, facts, count: 1 });
  if (waiting.size >= maxWaiting) void flushDmarc();
  if (timer) return;
  timer = setTimeout(() => void flushDmarc(), flushMs);
  timer.unref();
}

/** Stores what waits. Never throws. */
export function flushDmarc(): Promise<void> {
  if (timer) clearTimeout(timer);
  timer = null;
  const taken = waiting;
  waiting = new Map();
  if (taken.size > 0) flushing = flushing.then(() => store(taken));
  return flushing;
}

async function store(taken: Map<string, Waiting>): Promise<void> {
  const rows = [...taken]
    // One order everywhere: two processes that store at once do not wait for each other in a circle.
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([, { day, domain, id, facts, count }]) =>
        sql`(${day}, ${domain}, ${id}, ${facts}, ${count})`,
    );
  await write((tx) =>
    insertRows(
      tx,
      sql`INSERT INTO "DmarcResult" ("day", "domain", "id", "facts", "count")`,
      rows,
      sql`ON CONFLICT ("day", "domain", "id")
          DO UPDATE SET "count" = "DmarcResult"."count" + excluded."count"`,
    ),
  ).catch((error) => log.error({ err: error }, 'DMARC results not stored'));
}
