// What was done with the backup folder, and what is being done: one row each, for the page. server/backup/run.ts writes them.
import { db } from '../db.ts';
import { Refusal } from '../errors.ts';

export type BackupRunKind = 'backup' | 'verify' | 'prune' | 'restore';

export type BackupRun = {
  id: string;
  kind: BackupRunKind;
  /** "schedule", or the address of the administrator */
  by: string;
  state: 'running' | 'done' | 'failed';
  /** What of it: a snapshot, "ada@example.org", or empty */
  subject: string;
  progress: string;
  text: string;
  startedAt: Date;
  endedAt: Date | null;
};

/** The newest first. */
export async function listBackupRuns(most = 20): Promise<BackupRun[]> {
  const rows = await db.backupRun.findMany({
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: most,
  });
  return rows as BackupRun[];
}

/** Refusal 'not-found'. */
export async function readBackupRun(id: string): Promise<BackupRun> {
  const row = await db.backupRun.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', 'There is no such work on backups.');
  return row as BackupRun;
}

/** The newest of a kind; `state` leaves out others. */
export async function findLastRun(
  kind: BackupRunKind,
  state?: BackupRun['state'],
): Promise<BackupRun | null> {
  const where = state ? { kind, state } : { kind };
  return (await db.backupRun.findFirst({
    where,
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
  })) as BackupRun | null;
}
