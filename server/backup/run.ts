// Work on the backup folder that the daemon does for a schedule or for the panel: one at a time over all nodes (a lease),
// a row that says how far it is and how it ended. The folder has a lock of its own against commands of the terminal.

import type { BackupRun, BackupRunKind } from '#lib/backup/run.ts';
import { now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { endLease, takeLease } from '#lib/lease.ts';
import { logOf } from '#lib/log.ts';
import type { Progress } from './progress.ts';

export type RunRequest = { kind: BackupRunKind; by: string; subject?: string };

const leaseId = 'backup';
const leaseMs = 120_000;
const beatMs = 2000;
const keptRuns = 200;
const maxTextLength = 2000;
const log = logOf('backup');

/**
 * Begins `work`, which resolves with a sentence for people. Resolves once it has begun; `ended` rejects only where the row
 * could not be written, and nobody has to wait for it. Refusal 'in-use' while something else is being done.
 */
export async function beginRun(
  { kind, by, subject = '' }: RunRequest,
  work: (progress: Progress) => Promise<string>,
): Promise<{ id: string; ended: Promise<BackupRun> }> {
  const id = newId();
  if (!(await takeLease(leaseId, id, leaseMs))) {
    throw new Refusal('in-use', 'Something else is being done with the backups. Try again later.');
  }
  await write(async (tx) => {
    await tx.backupRun.updateMany(dead());
    await tx.backupRun.create({
      data: { id, kind, by, subject, state: 'running', startedAt: now() },
    });
  });
  const ended = finish(id, work);
  // Whoever waits hears of it too.
  ended.catch((error) => log.error({ err: error }, 'the end of work could not be told'));
  return { id, ended };
}

/** Whoever has the lease is the only one at work: rows that say otherwise are of processes that are gone. */
function dead() {
  const data = { state: 'failed', text: 'The server ended meanwhile.', endedAt: now() };
  return { where: { state: 'running' }, data };
}

/** Rows of processes that are gone say so, where nobody is at work. */
export async function endDeadRuns(): Promise<void> {
  if ((await db.backupRun.count({ where: { state: 'running' } })) === 0) return;
  const holder = newId();
  if (!(await takeLease(leaseId, holder, leaseMs))) return;
  await write((tx) => tx.backupRun.updateMany(dead()));
  await endLease(leaseId, holder);
}

async function finish(
  id: string,
  work: (progress: Progress) => Promise<string>,
): Promise<BackupRun> {
  let shown = '';
  let told = '';
  const beat = setInterval(() => {
    const keep = async () => {
      await takeLease(leaseId, id, leaseMs);
      if (shown === told) return;
      told = shown;
      await write((tx) => tx.backupRun.update({ where: { id }, data: { progress: told } }));
    };
    keep().catch((error) => log.warn({ err: error }, 'the progress could not be told'));
  }, beatMs);
  const outcome = await work((what, done, total) => {
    shown = total ? `${what}: ${done} of ${total}` : `${what}: ${done}`;
  }).then(
    (text) => ({ state: 'done' as const, text }),
    (error: unknown) => {
      if (!isRefusal(error)) log.error({ err: error }, 'work on the backup failed');
      return { state: 'failed' as const, text: (error as Error).message };
    },
  );
  clearInterval(beat);
  const data = { ...outcome, text: outcome.text.slice(0, maxTextLength), endedAt: now() };
  const row = await write(async (tx) => {
    const old = await tx.backupRun.findMany({
      orderBy: { startedAt: 'desc' },
      skip: keptRuns,
      select: { id: true },
    });
    await tx.backupRun.deleteMany({ where: { id: { in: old.map((each) => each.id) } } });
    return tx.backupRun.update({ where: { id }, data });
  });
  await endLease(leaseId, id);
  return row as BackupRun;
}
