'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { keepChanges } from '#lib/configuration/pending.ts';
import { prepareUndo, undoRevision } from '#lib/configuration/undo.ts';
import {
  type GroupPart,
  mostTogether,
  prepareGroup,
  previewGroup,
  undoGroup,
} from '#lib/configuration/undo-group.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const number = z.number().int().min(1).max(2_000_000_000);
const numbers = z.array(number).min(1).max(mostTogether);

/** `note`: what does not come back. */
export async function undoAction(id: number): Promise<{ error?: string; note?: string }> {
  const admin = await requireAdmin();
  let note = '';
  const error = await answerButton(async () => {
    const wanted = number.parse(id);
    await prepareUndo([wanted]);
    note = await undoRevision(wanted, admin.address);
    revalidatePath('/admin', 'layout');
  });
  return { error, note };
}

/** What would become of all that was changed together with revision `id`. */
export async function previewGroupAction(
  id: number,
): Promise<{ error?: string; parts: GroupPart[] }> {
  const admin = await requireAdmin();
  let parts: GroupPart[] = [];
  const error = await answerButton(async () => {
    parts = await previewGroup(number.parse(id), admin.address);
  });
  return { error, parts };
}

/** Takes back these changes of a group, all or none: those that the preview has shown. */
export async function undoGroupAction(id: number, ids: number[]): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    const wanted = { id: number.parse(id), ids: numbers.parse(ids) };
    await prepareGroup(wanted.id, wanted.ids);
    await undoGroup(wanted.id, admin.address, wanted.ids);
    revalidatePath('/admin', 'layout');
  });
}

export async function keepAction(): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await keepChanges(admin.address);
    revalidatePath('/admin', 'layout');
  });
}
