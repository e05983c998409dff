// Do the timed jobs succeed?
import { db } from '#lib/db.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { type DoctorCheck, listSome, ok, problem } from './check.ts';

export type FailingJob = { name: string; text: string };

export function judgeJobs(failing: FailingJob[]): Judged {
  if (failing.length === 0) return ok('All work.');
  return problem(
    `${listSome(
      failing.map(({ name, text }) => `${name}: ${text}`),
      3,
    )}`,
    'The log of the daemon has the details (“job failed”). It is tried again by itself; if it stays, restart the server and tell its makers.',
  );
}

export const jobs: DoctorCheck = {
  id: 'jobs',
  title: 'Timed jobs',
  looksAt: 'They tidy up, renew and report; one that fails for days is felt.',
  async run() {
    const rows = await db.jobRun.findMany({ where: { isGood: false }, orderBy: { name: 'asc' } });
    return judgeJobs(rows.map(({ name, error }) => ({ name, text: error })));
  },
};
