// What the daemon is told to do now: timed jobs and the doctor.
import { z } from 'zod';
import { askDaemon } from '../../control.ts';
import { readDoctorReport } from '../../doctor/report.ts';
import { type JobRun, listJobRuns } from '../../numbers/job-run.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { time } from '../fields.ts';

const report = z
  .object({
    at: time,
    outcomes: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        looksAt: z.string(),
        verdict: z.enum(['ok', 'warning', 'problem', 'unknown']),
        found: z.string(),
        fix: z.string().describe('what to do; empty: nothing'),
        at: time,
        since: time,
      }),
    ),
  })
  .nullable()
  .describe('null: nobody has asked yet');

/** It looks at the DNS and at other servers. */
const doctorMs = 60_000;

export const serverWorkEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/jobs/{name}/run',
    permission: null,
    title: 'Run a timed job now',
    parameters: z.object({ name: z.string().min(1).max(100) }),
    body: z.strictObject({}),
    answer: z.object({
      isDone: z.boolean().describe('false: it takes longer than a caller waits, and goes on'),
      isGood: z.boolean(),
      result: z.string(),
    }),
    isSlow: true,
    triesItself: true,
    run: async ({ parameters: { name }, isDryRun }) => {
      const last = (await listJobRuns()).find((run) => run.name === name) ?? null;
      const run = isDryRun ? last : await askDaemon<JobRun | null>('run-job', { name });
      return { isDone: run !== null, isGood: run?.isGood ?? true, result: run?.result ?? '' };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/doctor',
    permission: null,
    title: 'Read what the doctor said last',
    answer: z.object({ report }),
    isPaged: true,
    run: async () => ({ report: await readDoctorReport() }),
  }),
  endpoint({
    method: 'POST',
    path: '/doctor/run',
    permission: null,
    title: 'Let the doctor look now',
    body: z.strictObject({
      ids: z.array(z.string().max(40)).min(1).max(50).optional().describe('left out: all checks'),
    }),
    answer: z.object({ report }),
    isSlow: true,
    triesItself: true,
    run: async ({ body, isDryRun }) => {
      if (!isDryRun) await askDaemon('doctor', body, doctorMs);
      return { report: await readDoctorReport() };
    },
  }),
];
