// Timed jobs for the panel: which there are, how their last runs went, and "run now".
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Refusal } from '#lib/errors.ts';
import type { JobRun } from '#lib/numbers/job-run.ts';
import { jobs } from '../jobs/index.ts';
import type { ListedJob } from '../jobs/job.ts';
import { storeNow } from '../jobs/minute.ts';
import { listRuns, runSoon } from '../jobs/runner.ts';

/** The asker gives up after thirty seconds. */
const patienceMs = 20_000;

/** Every job in its order, and the last runs of this node. */
export async function answerJobs(): Promise<{ jobs: ListedJob[]; runs: JobRun[] }> {
  return {
    jobs: jobs.map(({ name, text, intervalMs }) => ({ name, text, intervalMs })),
    runs: listRuns(),
  };
}

const question = z.object({ name: z.string().max(100) });

/** Runs a job now; null where it takes longer than somebody waits. Refusal 'invalid', 'not-found', 'unavailable'. */
export async function answerRunJob(input: unknown): Promise<JobRun | null> {
  const asked = question.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'Say the name of a job.');
  const running = runSoon(asked.data.name);
  const run = await Promise.race([running, sleep(patienceMs, null, { ref: false })]);
  if (run) await storeNow();
  return run;
}
