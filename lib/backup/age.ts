// How old the last backup is: the sign of health of backups, for the overview and the doctor.
import { now } from '../clock.ts';
import { readSettings, type Settings } from '../settings/index.ts';
import { findLastRun } from './run.ts';

export type BackupAge = {
  /** Empty: the server takes none */
  folder: string;
  /** Since the last one that succeeded was begun; null where there is none */
  ageMs: number | null;
  /** How far apart they should be; null where none is taken by itself */
  expectedMs: number | null;
  /** Why the last one failed; empty where it did not */
  failure: string;
};

const hourMs = 3_600_000;

export async function readBackupAge(): Promise<BackupAge> {
  const [settings, last, good] = await Promise.all([
    readSettings(),
    findLastRun('backup'),
    findLastRun('backup', 'done'),
  ]);
  return {
    folder: settings['backup.folder'],
    ageMs: good ? now().getTime() - good.startedAt.getTime() : null,
    expectedMs: readInterval(settings),
    failure: last?.state === 'failed' ? last.text : '',
  };
}

function readInterval(settings: Settings): number | null {
  switch (settings['backup.schedule']) {
    case 'daily':
      return 24 * hourMs;
    case 'hours':
      return settings['backup.everyHours'] * hourMs;
    default:
      return null;
  }
}
