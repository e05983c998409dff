// The timed jobs, in one list (runner.ts has the loop). Two processes may run the same job: each is a deletion of what
// is surely not wanted, or work that is claimed first.
import { purgeDeletedAccounts } from '#lib/accounts/deleted-account.ts';
import { removeOldSending } from '#lib/accounts/sending.ts';
import { removeSpent } from '#lib/accounts/throttle.ts';
import { removeExpiredSessions } from '#lib/accounts/web-session.ts';
import { removeOldKept } from '#lib/api/kept-answer.ts';
import { fromNow, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { removeOldNumbers } from '#lib/numbers/record.ts';
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
import { deliverAnnouncements } from './announce.ts';
import { backUpWhenDue } from './backup.ts';
import { lookAtBlockLists } from './block-lists.ts';
import { measureBodies } from './body-size.ts';
import { lookWhenDue } from './doctor.ts';
import { lookAtDomains } from './domain-dns.ts';
import { shortenHistory } from './history.ts';
import type { Job } from './job.ts';
import { lookForNewVersion } from './new-version.ts';
import { startLoop } from './runner.ts';
import { wakeSnoozed } from './wake-snoozed.ts';
import { deliverWelcomes } from './welcome.ts';

export type { Job } from './job.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const rowsPerDelete = 1000;

/** Every job of the daemon. */
export const jobs: Job[] = [
  // Before the bodies: what is past the time of undelete.
  {
    name: 'purge-deleted',
    text: 'Removes for good what users deleted and the time to restore it is over.',
    intervalMs: hourMs,
    run: purgeDeleted,
  },
  // Before their mail: users who were deleted longer ago than they can be restored.
  {
    name: 'purge-users',
    text: 'Removes deleted users for good once the time to restore them is over.',
    intervalMs: hourMs,
    run: purgeDeletedAccounts,
  },
  // Bodies nobody points to, and the mail of removed accounts.
  {
    name: 'store-cleanup',
    text: 'Removes bodies that no message points to any more, and the mail of removed users.',
    intervalMs: hourMs,
    run: () => removeOrphans(),
  },
  // After the bodies: what expunged messages leave in the journal.
  {
    name: 'tombstones',
    text: 'Forgets what expunged messages left in the journal, after the time of the setting.',
    intervalMs: 6 * hourMs,
    run: pruneTombstones,
  },
  // Subjects that no answer may join any more.
  {
    name: 'thread-references',
    text: 'Forgets subjects and message ids that no answer can join any more.',
    intervalMs: dayMs,
    run: pruneThreadReferences,
  },
  {
    name: 'quota-warnings',
    text: 'Warns users, and administrators of domains, at 80 and 95 % of their quota.',
    intervalMs: minuteMs,
    run: warnOfQuotas,
  },
  {
    name: 'pop-uids',
    text: 'Forgets numbers of messages for POP3 that are gone.',
    intervalMs: dayMs,
    run: removePopUids,
  },
  {
    name: 'import-marks',
    text: 'Forgets marks of imports whose users are gone.',
    intervalMs: dayMs,
    run: removeMarks,
  },
  // After an update that computes more or otherwise what is known of a message.
  {
    name: 'render-again',
    text: 'Computes anew what is known of stored messages, where an update knows more.',
    intervalMs: 15_000,
    run: renderInBackground,
  },
  {
    name: 'trail-retention',
    text: 'Removes events that are older than the trail is kept.',
    intervalMs: hourMs,
    run: removeOldEvents,
  },
  {
    name: 'history-retention',
    text: 'Removes changes of the configuration that are older than the history is kept.',
    intervalMs: dayMs,
    run: shortenHistory,
  },
  {
    name: 'expired-tokens',
    text: 'Removes one-time links after their end.',
    intervalMs: hourMs,
    run: removeExpiredTokens,
  },
  {
    name: 'expired-sessions',
    text: 'Removes sign-ins of the web after their end.',
    intervalMs: hourMs,
    run: removeExpiredSessions,
  },
  {
    name: 'kept-answers',
    text: 'Forgets answers of the API that are kept for calls which come twice, after a day.',
    intervalMs: hourMs,
    run: removeOldKept,
  },
  {
    name: 'queue-leftovers',
    text: 'Removes messages of the queue whose recipients are all done.',
    intervalMs: hourMs,
    run: removeEmptyMessages,
  },
  {
    name: 'suppression',
    text: 'Lets mail go again to addresses that failed for good some time ago.',
    intervalMs: hourMs,
    run: removeOldSuppressed,
  },
  // MTA-STS policies of other domains, before they end.
  {
    name: 'sts-policies',
    text: 'Fetches MTA-STS policies of other domains before they end.',
    intervalMs: hourMs,
    run: refreshPolicies,
  },
  // To other domains, about the day before.
  {
    name: 'tls-reports',
    text: 'Sends yesterday’s reports about TLS to the domains that ask for them.',
    intervalMs: 15 * minuteMs,
    run: sendTlsReports,
  },
  {
    name: 'dmarc-reports',
    text: 'Sends yesterday’s DMARC reports to the domains that ask for them.',
    intervalMs: 15 * minuteMs,
    run: sendDmarcReports,
  },
  // Of others about domains here.
  {
    name: 'report-retention',
    text: 'Removes old reports of other servers about domains here.',
    intervalMs: hourMs,
    run: removeOldReports,
  },
  // Signing keys that are old, and new ones whose records are there.
  {
    name: 'dkim-rotation',
    text: 'Takes new signing keys into use once the DNS has them, and old ones away.',
    intervalMs: hourMs,
    run: rotateDkimKeys,
  },
  {
    name: 'greylist',
    text: 'Forgets servers that were asked to come again, or have not come for long.',
    intervalMs: hourMs,
    run: removeGreylisted,
  },
  {
    name: 'old-sending',
    text: 'Forgets how much users sent in days gone by.',
    intervalMs: dayMs,
    run: removeOldSending,
  },
  // Mail that users put away until a time.
  {
    name: 'wake-snoozed',
    text: 'Brings mail back that users put away until a time.',
    intervalMs: 15_000,
    run: wakeSnoozed,
  },
  {
    name: 'announcements',
    text: 'Puts the mail of announcements into the mailboxes it is for.',
    intervalMs: 15_000,
    run: (signal) => deliverAnnouncements(signal),
  },
  {
    name: 'welcome',
    text: 'Greets new users by a mail, where the defaults of new users have one.',
    intervalMs: 5_000,
    run: deliverWelcomes,
  },
  {
    name: 'backup',
    text: 'Begins backups that are due.',
    intervalMs: minuteMs,
    run: backUpWhenDue,
  },
  {
    name: 'vacation-answers',
    text: 'Forgets who was told that somebody is away.',
    intervalMs: dayMs,
    run: removeOldAnswers,
  },
  {
    name: 'old-numbers',
    text: 'Removes numbers of minutes after two days, of hours after 90 days, of days after ten years.',
    intervalMs: hourMs,
    run: removeOldNumbers,
  },
  {
    name: 'body-size',
    text: 'Adds up what large messages take on disk.',
    intervalMs: hourMs,
    run: measureBodies,
  },
  {
    name: 'block-lists',
    text: 'Asks DNS block lists whether they know an address of this server.',
    intervalMs: hourMs,
    run: () => lookAtBlockLists(),
  },
  {
    name: 'doctor',
    text: 'Lets the doctor look at everything once a day, at the time of the setting.',
    intervalMs: minuteMs,
    run: () => lookWhenDue(),
  },
  {
    name: 'domain-dns',
    text: 'Asks the DNS once a day, a few at a time, whether each domain has the records it needs.',
    intervalMs: 5 * minuteMs,
    run: (signal) => lookAtDomains(signal),
  },
  {
    name: 'new-version',
    text: 'Asks whether there is a newer version of Drey, where a setting says whom.',
    intervalMs: dayMs,
    run: () => lookForNewVersion(),
  },
  {
    name: 'login-throttle',
    text: 'Forgets failed sign-ins whose time is over.',
    intervalMs: 10 * minuteMs,
    run: removeOldThrottles,
  },
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
export function startJobs(list: Job[] = jobs, delayMs?: number): Promise<Running> {
  return startLoop(list, delayMs);
}
