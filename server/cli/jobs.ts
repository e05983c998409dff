// `drey jobs`: the timed jobs and their last runs; `drey jobs run` runs one in this process, whether the server runs or not.
import { write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { type JobRun, listJobRuns, recordJobRunsIn } from '#lib/numbers/job-run.ts';
import { jobs } from '../jobs/index.ts';
import { runOne } from '../jobs/runner.ts';
import { type CommandDefinition, type Row, textAt } from './command.ts';

async function listRows(): Promise<Row[]> {
  const runs = Map.groupBy(await listJobRuns(), ({ name }) => name);
  return jobs.flatMap(({ name, text, intervalMs }) => {
    const seconds = intervalMs / 1000;
    const all: (JobRun | null)[] = runs.get(name) ?? [null];
    return all.map((run) => ({
      name,
      everySeconds: seconds,
      node: run?.node ?? '',
      lastRun: run?.startedAt ?? '',
      tookMs: run?.tookMs ?? '',
      result: run ? (run.isGood ? run.result || 'good' : `failed: ${run.error}`) : 'not run yet',
      nextRun: run?.nextAt ?? '',
      text,
    }));
  });
}

async function run(name: string): Promise<JobRun> {
  const job = jobs.find((one) => one.name === name);
  if (!job) throw new Refusal('not-found', `There is no job "${name}".`);
  const known = (await listJobRuns()).find((one) => one.name === name);
  const done = await runOne(job, new AbortController().signal);
  // The daemon counts its own runs.
  const { runs, failures, nextAt } = known ?? done;
  await write((tx) => recordJobRunsIn(tx, [{ ...done, runs, failures, nextAt }]));
  return done;
}

export const jobCommands: CommandDefinition[] = [
  {
    name: 'jobs',
    arguments: [],
    options: [],
    help: 'list the timed jobs and how their last runs went',
    run: async () => ({
      rows: await listRows(),
      columns: ['name', 'everySeconds', 'lastRun', 'tookMs', 'result', 'nextRun'],
    }),
  },
  {
    name: 'jobs run',
    arguments: ['<name>'],
    options: [],
    help: 'run a timed job now',
    stopped: 'What it has done stays done; the next run does the rest.',
    run: async (input) => {
      const done = await run(textAt(input, 0));
      if (!done.isGood) throw new Refusal('unavailable', `${done.name} failed: ${done.error}`);
      const result = done.result || 'nothing to do';
      return { text: `${done.name}: ${result} (${done.tookMs} ms)`, row: { ...done } };
    },
  },
];
