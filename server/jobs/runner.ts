// The loop that runs the timed jobs. A job never overlaps itself or another, its failure is logged and harms nothing
// else; whatever is left undone is done by the next run. Somebody may ask for a job now: then it is the next one.
import { setTimeout as sleep } from 'node:timers/promises';
import { fromNow, now } from '#lib/clock.ts';
import { Refusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import type { JobRun } from '#lib/numbers/job-run.ts';
import { nodeName } from '#lib/numbers/node.ts';
import { jobRuns } from '#server/metrics/index.ts';
import type { Running } from '#server/net/running.ts';
import type { Job } from './job.ts';

/** After the start others come first. */
const firstDelayMs = 15_000;
const stopGraceMs = 1000;
const maxTextLength = 300;
const log = logOf('jobs');

type Asker = { resolve(run: JobRun): void };
type Loop = {
  list: Job[];
  dueAt: Map<Job, number>;
  askers: Map<Job, Asker[]>;
  /** Ends the sleep of the loop. */
  wake: AbortController;
};

let current: Loop | null = null;
const lastRuns = new Map<string, JobRun>();
const changed = new Set<string>();

/** Starts the loop over `list`; `stop` waits a second for a job that runs. */
export async function startLoop(list: Job[], delayMs = firstDelayMs): Promise<Running> {
  const ending = new AbortController();
  const dueAt = new Map(list.map((job) => [job, performance.now() + delayMs]));
  const own: Loop = { list, dueAt, askers: new Map(), wake: new AbortController() };
  current = own;
  const loop = runJobs(own, ending.signal);
  return {
    stop: async () => {
      ending.abort();
      own.wake.abort();
      if (current === own) current = null;
      await Promise.race([
        loop,
        new Promise((resolve) => setTimeout(resolve, stopGraceMs).unref()),
      ]);
    },
  };
}

/** Runs a job of the loop as the next one. Resolves with how it went. Refusal 'not-found'; 'unavailable' without a loop. */
export function runSoon(name: string): Promise<JobRun> {
  const loop = current;
  if (!loop) throw new Refusal('unavailable', 'The jobs do not run.');
  const job = loop.list.find((one) => one.name === name);
  if (!job) throw new Refusal('not-found', `There is no job "${name}".`);
  return new Promise((resolve) => {
    loop.askers.set(job, [...(loop.askers.get(job) ?? []), { resolve }]);
    loop.dueAt.set(job, Number.NEGATIVE_INFINITY);
    loop.wake.abort();
  });
}

/** The last run of each job of this process. */
export function listRuns(): JobRun[] {
  return [...lastRuns.values()];
}

/** Runs that nobody has stored yet; they count as stored with that. */
export function takeRuns(): JobRun[] {
  const taken = [...changed].flatMap((name) => lastRuns.get(name) ?? []);
  changed.clear();
  return taken;
}

/** What could not be stored. */
export function returnRuns(runs: JobRun[]): void {
  for (const { name } of runs) changed.add(name);
}

async function runJobs(loop: Loop, signal: AbortSignal): Promise<void> {
  const { dueAt } = loop;
  while (!signal.aborted && loop.list.length > 0) {
    const [job, at] = [...dueAt].reduce((first, next) => (next[1] < first[1] ? next : first));
    const waitMs = Math.max(0, at - performance.now());
    if (loop.wake.signal.aborted) loop.wake = new AbortController();
    else if (waitMs > 0) {
      const { signal: woken } = loop.wake;
      await sleep(waitMs, undefined, { signal: woken, ref: false }).catch(() => undefined);
      // Somebody asks for another one, or it is the end.
      if (woken.aborted) continue;
    }
    if (signal.aborted) return;
    const askers = loop.askers.get(job) ?? [];
    loop.askers.delete(job);
    // Before the run: who asks meanwhile wants another one.
    dueAt.set(job, Number.POSITIVE_INFINITY);
    const run = await runOne(job, signal);
    if (dueAt.get(job) === Number.POSITIVE_INFINITY) {
      dueAt.set(job, performance.now() + job.intervalMs);
    }
    for (const { resolve } of askers) resolve(run);
  }
}

/** Runs a job and keeps how it went. Never throws. */
export async function runOne(job: Job, signal: AbortSignal): Promise<JobRun> {
  const startedAt = now();
  const startedMs = performance.now();
  let result = '';
  let failure: string | null = null;
  try {
    const done = await job.run(signal);
    const parts = Object.entries(done).filter(([, count]) => count > 0);
    result = parts.map(([what, count]) => `${what} ${count}`).join(', ');
    if (result !== '') {
      const tookMs = Math.round(performance.now() - startedMs);
      log.info({ job: job.name, ...done, tookMs }, 'job done');
    }
  } catch (error) {
    log.error({ err: error, job: job.name }, 'job failed');
    failure = (String((error as Error).message).split('\n')[0] ?? '').slice(0, maxTextLength);
  }
  jobRuns.inc({ job: job.name, result: failure === null ? 'good' : 'failed' });
  const former = lastRuns.get(job.name);
  const run: JobRun = {
    node: nodeName(),
    name: job.name,
    startedAt,
    tookMs: Math.round(performance.now() - startedMs),
    isGood: failure === null,
    result: result.slice(0, maxTextLength),
    error: failure ?? former?.error ?? '',
    nextAt: fromNow(job.intervalMs),
    runs: (former?.runs ?? 0) + 1,
    failures: (former?.failures ?? 0) + (failure === null ? 0 : 1),
  };
  lastRuns.set(job.name, run);
  changed.add(job.name);
  return run;
}
