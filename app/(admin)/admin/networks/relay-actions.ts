'use server';
import { revalidatePath } from 'next/cache';
import { askDaemon } from '#lib/control.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

/** The daemon tests itself now; the page shows what it found. */
export async function testRelayAction(): Promise<string | undefined> {
  await requireAdmin();
  return answerButton(async () => {
    await askDaemon('relay-test');
    revalidatePath('/admin/networks');
  });
}
