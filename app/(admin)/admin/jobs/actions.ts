'use server';
import { revalidatePath } from 'next/cache';
import { askDaemon } from '#lib/control.ts';
import { Refusal } from '#lib/errors.ts';
import type { JobRun } from '#lib/numbers/job-run.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

/** Runs a job now; the page shows how it went. */
export async function runJobAction(name: string): Promise<string | undefined> {
  await requireAdmin();
  return answerButton(async () => {
    const run = await askDaemon<JobRun | null>('run-job', { name });
    revalidatePath('/admin/jobs');
    if (!run)
      throw new Refusal('unavailable', 'It takes its time; this page shows when it is done.');
    if (!run.isGood) throw new Refusal('unavailable', `It failed: ${run.error}`);
  });
}
