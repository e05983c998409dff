'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { askDaemon } from '#lib/control.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const asked = z.array(z.string().max(40)).max(50);

/** The daemon looks now, at everything or at these; the pages show what it found. */
export async function runDoctorAction(ids: string[] = []): Promise<string | undefined> {
  await requireAdmin();
  return answerButton(async () => {
    const wanted = asked.parse(ids);
    await askDaemon('doctor', wanted.length > 0 ? { ids: wanted } : {});
    revalidatePath('/admin', 'layout');
  });
}
