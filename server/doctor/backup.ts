// How old is the last backup?
import { type BackupAge, readBackupAge } from '#lib/backup/age.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { type DoctorCheck, ok, problem, warning } from './check.ts';

const hourMs = 3_600_000;

export function judgeBackup({ folder, ageMs, expectedMs, failure }: BackupAge): Judged {
  if (folder === '') {
    return warning(
      'No backups are taken by the server.',
      'Admin → Backup: name a folder on another disk. (Nothing to do where "npx drey backup" runs by cron.)',
    );
  }
  const look = 'Admin → Backup shows what happened; “Back up now” tries again.';
  if (failure) return problem(`The last backup failed: ${failure}`, look);
  if (ageMs === null) {
    return warning('There is no backup yet.', 'Admin → Backup → Back up now.');
  }
  const hours = Math.floor(ageMs / hourMs);
  const text =
    hours < 48
      ? `The last one is ${hours} hours old.`
      : `The last one is ${Math.floor(hours / 24)} days old.`;
  if (expectedMs !== null && ageMs > 2 * expectedMs + hourMs) return problem(text, look);
  return ok(text);
}

export const backup: DoctorCheck = {
  id: 'backup',
  title: 'Backup',
  looksAt: 'Disks die, people delete.',
  run: async () => judgeBackup(await readBackupAge()),
};
