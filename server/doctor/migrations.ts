// Is the database that of this version?
import { db } from '#lib/db.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { newestMigration } from '../backup/snapshot.ts';
import { type DoctorCheck, ok, problem } from './check.ts';

export function judgeMigrations(newest: string, applied: string[]): Judged {
  if (applied.includes(newest)) return ok(`The database is that of this version (${newest}).`);
  return problem(
    `The database is older than the program: ${newest} is missing.`,
    'Restart the server: it brings the database up to date when it starts. Take a backup first.',
  );
}

export const migrations: DoctorCheck = {
  id: 'migrations',
  title: 'Version of the database',
  looksAt: 'After an update the program changes the database once.',
  async run() {
    const rows = await db.$queryRaw<{ name: string }[]>`
      SELECT "migration_name" AS "name" FROM "_prisma_migrations"
      WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL`;
    return judgeMigrations(
      newestMigration(),
      rows.map(({ name }) => name),
    );
  },
};
