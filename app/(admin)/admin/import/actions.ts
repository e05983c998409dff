'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { applyImport, type ImportStep, importKinds, planImport } from '#lib/queue/import-map.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const input = z.object({
  kind: z.enum(importKinds),
  text: z.string().max(2_000_000),
  domain: z.string().trim().max(253),
  scope: z.string().trim().max(20),
});

type ImportAnswer = { error?: string; steps: ImportStep[] };

/** What would be done; nothing is. */
export async function planImportAction(asked: z.input<typeof input>): Promise<ImportAnswer> {
  await requireAdmin();
  let steps: ImportStep[] = [];
  const error = await answerButton(async () => {
    steps = await planImport(input.parse(asked));
  });
  return { error, steps };
}

/** Does it. */
export async function applyImportAction(asked: z.input<typeof input>): Promise<ImportAnswer> {
  const admin = await requireAdmin();
  let steps: ImportStep[] = [];
  const error = await answerButton(async () => {
    steps = await applyImport(input.parse(asked), admin.address);
    revalidatePath('/admin', 'layout');
  });
  return { error, steps };
}
