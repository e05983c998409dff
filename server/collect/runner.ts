// Collecting at work: takes what is due under a lease and visits it, a few at a time. Wakes by a poke and by the clock; the
// rows are the truth. Any number of processes may run one over the same database.

import { now } from '#lib/clock.ts';
import { claimDue, endLease, findNextDueAt } from '#lib/collections/due.ts';
import { logOf } from '#lib/log.ts';
import { onPoke } from '#lib/poke.ts';
import { readSetting } from '#lib/settings/index.ts';
import type { Running } from '#server/net/running.ts';
import { visit } from './bring.ts';

const maxVisits = 3;
const maxSleepMs = 60_000;
const minSleepMs = 200;
/** What other processes committed is looked at so often. */
const elsewhereMs = 500;
const stopGraceMs = 2000;
const log = logOf('collect');

/** Starts it; `stop` ends running visits, which others take up where they were. */
export async function startCollecting(): Promise<Running> {
  const ending = new AbortController();
  const visits = new Set<Promise<void>>();
  let wake = () => {};
  const endPokes = onPoke('collections', () => wake());
  // On SQLite what the web app has committed is only known to be something.
  let elsewhereTimer: NodeJS.Timeout | null = null;
  const endElsewhere = onPoke('elsewhere', () => {
    elsewhereTimer ??= setTimeout(() => {
      elsewhereTimer = null;
      wake();
    }, elsewhereMs).unref();
  });
  const loop = run();

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      // A poke during the look counts for the sleep that follows.
      let isWoken = false;
      wake = () => {
        isWoken = true;
      };
      const sleepMs = await look().catch((error) => {
        log.error({ err: error }, 'what is to be collected cannot be read');
        return maxSleepMs;
      });
      if (!isWoken && !ending.signal.aborted) await sleep(sleepMs);
    }
  }

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function look(): Promise<number> {
    if (!(await readSetting('delivery.collecting'))) return maxSleepMs;
    const room = maxVisits - visits.size;
    const claims = room > 0 ? await claimDue(room) : [];
    for (const claim of claims) {
      const visiting = visit(claim, ending.signal)
        .then((outcome) => endLease(claim, outcome))
        .catch((error) => log.error({ err: error }, 'what was collected cannot be noted'))
        .finally(() => {
          visits.delete(visiting);
          wake();
        });
      visits.add(visiting);
    }
    if (visits.size >= maxVisits) return maxSleepMs;
    const nextAt = await findNextDueAt();
    const waitMs = nextAt ? nextAt.getTime() - now().getTime() : maxSleepMs;
    return Math.min(maxSleepMs, Math.max(minSleepMs, waitMs));
  }

  return {
    stop: async () => {
      ending.abort();
      endPokes();
      endElsewhere();
      if (elsewhereTimer) clearTimeout(elsewhereTimer);
      wake();
      const all = Promise.allSettled([loop, ...visits]);
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, stopGraceMs).unref())]);
    },
  };
}
