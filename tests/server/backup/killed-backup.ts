// A program of a test: takes a backup of the store that the environment names into its first argument, and
// kills itself at the n-th sign of progress (second argument) or, below zero, never.
import { closeDatabase } from '#lib/db.ts';
import { takeBackup } from '#server/backup/take-backup.ts';

const [folder = '', count = '-1'] = process.argv.slice(2);
let left = Number(count);
try {
  await takeBackup(folder, () => {
    if (left-- === 0) process.kill(process.pid, 'SIGKILL');
  });
  process.stdout.write('done\n');
} catch (error) {
  process.stdout.write(`${(error as Error).name}: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await closeDatabase();
}
