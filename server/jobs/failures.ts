// Which jobs fail: a finding when one begins to, and one when it works again, for the doctor (server/doctor/jobs.ts).
import { db } from '#lib/db.ts';
import { saveFinding } from '#lib/trail/finding.ts';
import { jobFinding } from '../doctor/jobs.ts';

/** Names of those that failed last, as the findings say. */
let failing: Set<string> | null = null;

/** `failure`: in one line, or null where the job worked. */
export async function noteJob(name: string, failure: string | null): Promise<void> {
  failing ??= await readFailing();
  if (failure === null && !failing.has(name)) return;
  const id = `${jobFinding}${name}`;
  const isGood = failure === null;
  await saveFinding({ id, isGood, text: failure ?? 'It works again.', detail: [] });
  if (isGood) failing.delete(name);
  else failing.add(name);
}

async function readFailing(): Promise<Set<string>> {
  const where = { id: { startsWith: jobFinding }, isGood: false };
  const rows = await db.finding.findMany({ where, select: { id: true } });
  return new Set(rows.map(({ id }) => id.slice(jobFinding.length)));
}
