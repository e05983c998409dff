'use server';
import { revalidatePath } from 'next/cache';
import { keepChanges } from '#lib/configuration/pending.ts';
import { undoRevision } from '#lib/configuration/undo.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

/** `note`: what does not come back. */
export async function undoAction(id: number): Promise<{ error?: string; note?: string }> {
  const admin = await requireAdmin();
  let note = '';
  const error = await answerButton(async () => {
    note = await undoRevision(Math.trunc(Number(id)), admin.address);
    revalidatePath('/admin', 'layout');
  });
  return { error, note };
}

export async function keepAction(): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await keepChanges(admin.address);
    revalidatePath('/admin', 'layout');
  });
}
