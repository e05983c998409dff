// The timed job of backups: takes one when it is due by the settings, tidies up, verifies now and then, and tells the
// administrators when it begins to fail and when it works again.

import type { BackupRun } from '#lib/backup/run.ts';
import { findLastRun } from '#lib/backup/run.ts';
import { now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { splitAddress } from '#lib/mail/address.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { serviceOffset } from '#lib/settings/service-zone.ts';
import { describeTaken } from '../backup/describe.ts';
import { beginRun, endDeadRuns } from '../backup/run.ts';
import { takeBackup } from '../backup/take-backup.ts';
import { pruneByPolicy, verifyAll } from '../control/backup.ts';
import {
  insertLetters,
  listAdministrators,
  pokeLetters,
  type Words,
  writeLetter,
} from '../delivery/letter.ts';
import { findLastMoment } from './daily.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** A backup that failed is tried again. */
const retryMs = hourMs;
const by = 'schedule';
const log = logOf('backup');

type Schedule = Pick<
  Settings,
  'backup.folder' | 'backup.schedule' | 'backup.time' | 'backup.everyHours'
>;

/** Whether a backup is due: `last` is the last one, whoever began it; `offsetMinutes` of the zone of the service. Pure. */
export function isDue(
  schedule: Schedule,
  last: Pick<BackupRun, 'startedAt' | 'state'> | null,
  at: Date,
  offsetMinutes = 0,
): boolean {
  if (schedule['backup.folder'] === '' || schedule['backup.schedule'] === 'off') return false;
  if (!last) return true;
  const ageMs = at.getTime() - last.startedAt.getTime();
  if (last.state === 'running') return false;
  if (last.state === 'failed') return ageMs >= retryMs;
  if (schedule['backup.schedule'] === 'hours') {
    return ageMs >= schedule['backup.everyHours'] * hourMs;
  }
  const moment = findLastMoment(schedule['backup.time'], at, offsetMinutes);
  return last.startedAt < moment;
}

/** Begins what is due; the other jobs do not wait for it. */
export async function backUpWhenDue(): Promise<{ begun: number }> {
  await endDeadRuns();
  const [settings, last] = await Promise.all([readSettings(), findLastRun('backup')]);
  if (!isDue(settings, last, now(), await serviceOffset(now()))) return { begun: 0 };
  const begun = await backUpNow();
  begun?.ended.catch((error) => log.error({ err: error }, 'what follows a backup failed'));
  return { begun: begun ? 1 : 0 };
}

/** Begins a backup with all that follows it; null where somebody else is at work. Resolves when it has begun. */
export async function backUpNow(): Promise<{ ended: Promise<void> } | null> {
  const settings = await readSettings();
  const folder = settings['backup.folder'];
  const before = await findLastRun('backup');
  try {
    const { ended } = await beginRun({ kind: 'backup', by }, async (progress) =>
      describeTaken(await takeBackup(folder, progress)),
    );
    return { ended: ended.then((run) => follow(run, before, settings)) };
  } catch (error) {
    if (isRefusal(error, 'in-use')) return null;
    throw error;
  }
}

async function follow(run: BackupRun, before: BackupRun | null, settings: Settings): Promise<void> {
  const folder = settings['backup.folder'];
  if (settings['backup.tellsAdmins']) await tellOnChange(run, before);
  if (run.state !== 'done') return;
  const prune = await beginRun({ kind: 'prune', by }, () => pruneByPolicy(folder));
  await prune.ended;
  const days = settings['backup.verifyDays'];
  const last = await findLastRun('verify');
  if (days === 0 || (last && now().getTime() - last.startedAt.getTime() < days * dayMs)) return;
  const verify = await beginRun({ kind: 'verify', by }, (progress) => verifyAll(folder, progress));
  const verified = await verify.ended;
  if (settings['backup.tellsAdmins'] && verified.state === 'failed') {
    await tell(failedWords('A backup is damaged', verified.text));
  }
}

/** One mail when backups begin to fail, one when they work again. */
async function tellOnChange(run: BackupRun, before: BackupRun | null): Promise<void> {
  const hadFailed = before?.state === 'failed';
  if (run.state === 'failed' && !hadFailed) await tell(failedWords('The backup failed', run.text));
  if (run.state === 'done' && hadFailed) {
    const lines = ['Backups work again:', '', `  ${run.text}`, '', madeBy];
    await tell({ subject: 'The backup works again', lines });
  }
}

const madeBy = 'This message was made by the mail system.';

function failedWords(subject: string, text: string): Words {
  return {
    subject,
    lines: [
      `${subject}:`,
      '',
      ...text.split('\n').map((line) => `  ${line.slice(0, 900)}`),
      '',
      'What to do: Admin panel, Backup shows what happened; "Back up now" tries again. Until it',
      'works there is nothing newer than the last good one to go back to.',
      '',
      'You are told once, and again when it works.',
      madeBy,
    ],
  };
}

async function tell(words: Words): Promise<void> {
  const administrators = await listAdministrators();
  const letters = await Promise.all(
    administrators.map((admin) => writeLetter(admin, words, splitAddress(admin.address).domain)),
  );
  await write((tx) => insertLetters(tx, letters, 'backup'));
  pokeLetters(letters);
}
