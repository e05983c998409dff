// Does the database answer and hold together? A light look; "npx drey check" proves the whole store.
import { stat } from 'node:fs/promises';
import { db } from '#lib/db.ts';
import { integrityQueries } from '#lib/dialect/index.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { databaseFile, describeDatabase } from '#lib/env.ts';
import { type DoctorCheck, listSome, ok, problem } from './check.ts';

/** Larger ones are not read through beside the running server: it would stand still meanwhile. */
const maxReadBytes = 64 * 1024 ** 2;

/** `faults`: what the database says against itself; null where it was not asked. */
export function judgeDatabase(name: string, faults: string[] | null): Judged {
  if (faults === null) {
    return ok(`The ${name} answers.`, 'At a quiet hour "npx drey check" reads all of it.');
  }
  if (faults.length === 0) return ok(`The ${name} answers and is whole.`);
  return problem(
    `The ${name} is damaged: ${listSome(faults, 3)}.`,
    'Stop the server, copy the data folder aside, and restore the newest backup (docs/backup.md). Look after the disk: databases are seldom damaged by themselves.',
  );
}

export const database: DoctorCheck = {
  id: 'database',
  title: 'Database',
  looksAt: 'Everything but large bodies is in it.',
  async run() {
    await db.$queryRaw`SELECT COUNT(*) AS "n" FROM "Domain"`;
    const file = databaseFile();
    const sizeBytes = file === null ? 0 : (await stat(file)).size;
    if (sizeBytes > maxReadBytes) return judgeDatabase(describeDatabase(), null);
    const faults: string[] = [];
    for (const query of integrityQueries(true)) {
      const rows = await db.$queryRaw<Record<string, unknown>[]>(query);
      faults.push(...rows.map((row) => Object.values(row).map(String).join(' ')));
    }
    const wrong = faults.filter((said) => said !== 'ok');
    return judgeDatabase(describeDatabase(), wrong);
  },
};
