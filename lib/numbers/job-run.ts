// What the timed jobs did last, a row a node and job, so that the panel and the command line see it.
import { db, type Tx } from '../db.ts';

export type JobRun = {
  node: string;
  name: string;
  startedAt: Date;
  tookMs: number;
  isGood: boolean;
  /** "events 12", or empty where there was nothing to do */
  result: string;
  /** Of the last run that failed; stays until one fails otherwise */
  error: string;
  nextAt: Date;
  /** Since the daemon began */
  runs: number;
  failures: number;
};

/** Keeps the last runs. */
export async function recordJobRunsIn(tx: Tx, runs: JobRun[]): Promise<void> {
  for (const run of runs) {
    const { node, name } = run;
    await tx.jobRun.upsert({ where: { node_name: { node, name } }, create: run, update: run });
  }
}

/** Every job of every node that has run. */
export function listJobRuns(): Promise<JobRun[]> {
  return db.jobRun.findMany({ orderBy: [{ name: 'asc' }, { node: 'asc' }] });
}
