// Do the timed jobs succeed? server/jobs leaves a finding when one begins to fail, and when it works again.
import { db } from '#lib/db.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { type DoctorCheck, listSome, ok, problem } from './check.ts';

export const jobFinding = 'job:';

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
    const where = { id: { startsWith: jobFinding }, isGood: false };
    const rows = await db.finding.findMany({ where, orderBy: { id: 'asc' } });
    return judgeJobs(rows.map(({ id, text }) => ({ name: id.slice(jobFinding.length), text })));
  },
};
