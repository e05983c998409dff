// The timed jobs, in one list, and the loop that runs them. A job never overlaps itself or another, its
// failure is logged and harms nothing else; whatever is left undone is done by the next run. Two processes
// may run the same job: each is a deletion of what is surely not wanted.
import { setTimeout as sleep } from 'node:timers/promises';
import { removeOldSending } from '#lib/accounts/sending.ts';
import { removeSpent } from '#lib/accounts/throttle.ts';
import { removeExpiredSessions } from '#lib/accounts/web-session.ts';
import { fromNow, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';
import { removeEmptyMessages } from '#lib/queue/entries.ts';
import { removeOldSuppressed } from '#lib/queue/suppression.ts';
import { readSetting } from '#lib/settings/index.ts';
import { sendDmarcReports } from '#server/delivery/dmarc/report-job.ts';
import { removeOldReports } from '#server/delivery/reports/retention.ts';
import { rotateDkimKeys } from '#server/delivery/sign/rotation.ts';
import { refreshPolicies } from '#server/delivery/tls/sts.ts';
import { sendTlsReports } from '#server/delivery/tls/tls-report-job.ts';
import type { Running } from '#server/net/running.ts';
import { removeGreylisted } from '#server/smtp/checks/client/greylisting.ts';
import { renderInBackground } from '#server/store/bodies/rendering-job.ts';
import { removeOrphans } from '#server/store/cleanup.ts';
import { purgeDeleted } from '#server/store/deleted/recoverable.ts';
import { removeMarks } from '#server/store/imported.ts';
import { removePopUids } from '#server/store/pop-uid.ts';
import { warnOfQuotas } from '#server/store/quota/quota-warning.ts';
import { pruneThreadReferences } from '#server/store/thread-subject.ts';
import { pruneTombstones } from '#server/store/tombstones.ts';
import { wakeSnoozed } from './wake-snoozed.ts';

export type Job = {
  name: string;
  intervalMs: number;
  /** Returns what it did, for the log; empty or all zero = nothing. A long one ends early when it is told to. */
  run(signal: AbortSignal): Promise<Record<string, number>>;
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** After the start others come first. */
const firstDelayMs = 15_000;
const stopGraceMs = 1000;
const rowsPerDelete = 1000;

const log = logOf('jobs');

/** Every job of the daemon. */
export const jobs: Job[] = [
  // Before the bodies: what is past the time of undelete.
  { name: 'purge-deleted', intervalMs: hourMs, run: purgeDeleted },
  // Bodies nobody points to, and the mail of removed accounts.
  { name: 'store-cleanup', intervalMs: hourMs, run: () => removeOrphans() },
  // After the bodies: what expunged messages leave in the journal.
  { name: 'tombstones', intervalMs: 6 * hourMs, run: pruneTombstones },
  // Subjects that no answer may join any more.
  { name: 'thread-references', intervalMs: dayMs, run: pruneThreadReferences },
  { name: 'quota-warnings', intervalMs: minuteMs, run: warnOfQuotas },
  { name: 'pop-uids', intervalMs: dayMs, run: removePopUids },
  { name: 'import-marks', intervalMs: dayMs, run: removeMarks },
  // After an update that computes more or otherwise what is known of a message.
  { name: 'render-again', intervalMs: 15_000, run: renderInBackground },
  { name: 'trail-retention', intervalMs: hourMs, run: removeOldEvents },
  { name: 'expired-tokens', intervalMs: hourMs, run: removeExpiredTokens },
  { name: 'expired-sessions', intervalMs: hourMs, run: removeExpiredSessions },
  { name: 'queue-leftovers', intervalMs: hourMs, run: removeEmptyMessages },
  { name: 'suppression', intervalMs: hourMs, run: removeOldSuppressed },
  // MTA-STS policies of other domains, before they end.
  { name: 'sts-policies', intervalMs: hourMs, run: refreshPolicies },
  // To other domains, about the day before.
  { name: 'tls-reports', intervalMs: 15 * minuteMs, run: sendTlsReports },
  { name: 'dmarc-reports', intervalMs: 15 * minuteMs, run: sendDmarcReports },
  // Of others about domains here.
  { name: 'report-retention', intervalMs: hourMs, run: removeOldReports },
  // Signing keys that are old, and new ones whose records are there.
  { name: 'dkim-rotation', intervalMs: hourMs, run: rotateDkimKeys },
  { name: 'greylist', intervalMs: hourMs, run: removeGreylisted },
  { name: 'old-sending', intervalMs: dayMs, run: removeOldSending },
  // Mail that users put away until a time.
  { name: 'wake-snoozed', intervalMs: 15_000, run: wakeSnoozed },
  { name: 'vacation-answers', intervalMs: dayMs, run: removeOldAnswers },
  { name: 'login-throttle', intervalMs: 10 * minuteMs, run: removeOldThrottles },
];

/** Events older than the setting storage.trailDays. */
export async function removeOldEvents(): Promise<{ events: number }> {
  const before = fromNow(-(await readSetting('storage.trailDays')) * dayMs);
  for (let events = 0; ; ) {
    // In pieces, so that no transaction holds the writer for long.
    const rows = await db.trailEvent.findMany({
      where: { at: { lt: before } },
      orderBy: { at: 'asc' },
      take: rowsPerDelete,
      select: { id: true },
    });
    if (rows.length === 0) return { events };
    const ids = rows.map((row) => row.id);
    await write((tx) => tx.trailEvent.deleteMany({ where: { id: { in: ids } } }));
    events += rows.length;
  }
}

/** One-time tokens after their end. */
export async function removeExpiredTokens(): Promise<{ tokens: number }> {
  const where = { expiresAt: { lt: now() } };
  if ((await db.oneTimeToken.count({ where })) === 0) return { tokens: 0 };
  return { tokens: (await write((tx) => tx.oneTimeToken.deleteMany({ where }))).count };
}

/** Who was told that somebody is away, after the longest interval. */
export async function removeOldAnswers(): Promise<{ answers: number }> {
  const where = { at: { lt: fromNow(-31 * dayMs) } };
  if ((await db.vacationAnswer.count({ where })) === 0) return { answers: 0 };
  return { answers: (await write((tx) => tx.vacationAnswer.deleteMany({ where }))).count };
}

/** Counters of failed logins whose window has passed. */
export async function removeOldThrottles(): Promise<{ counters: number }> {
  return { counters: await removeSpent() };
}

/** Starts the loop over `list`; `stop` waits a second for a job that runs. */
export async function startJobs(
  list: Job[] = jobs,
  delayMs: number = firstDelayMs,
): Promise<Running> {
  const ending = new AbortController();
  const loop = runJobs(list, delayMs, ending.signal);
  return {
    stop: async () => {
      ending.abort();
      await Promise.race([
        loop,
        new Promise((resolve) => setTimeout(resolve, stopGraceMs).unref()),
      ]);
    },
  };
}

async function runJobs(list: Job[], delayMs: number, signal: AbortSignal): Promise<void> {
  const dueAt = new Map(list.map((job) => [job, performance.now() + delayMs]));
  while (!signal.aborted && list.length > 0) {
    const [job, at] = [...dueAt].reduce((first, next) => (next[1] < first[1] ? next : first));
    const waitMs = Math.max(0, at - performance.now());
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await runOne(job, signal);
    dueAt.set(job, performance.now() + job.intervalMs);
  }
}

async function runOne(job: Job, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  try {
    const done = await job.run(signal);
    if (!Object.values(done).some((count) => count > 0)) return;
    const tookMs = Math.round(performance.now() - startedAt);
    log.info({ job: job.name, ...done, tookMs }, 'job done');
  } catch (error) {
    log.error({ err: error, job: job.name }, 'job failed');
  }
}
