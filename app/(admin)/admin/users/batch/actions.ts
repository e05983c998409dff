'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { type BatchLine, runBatch } from '#lib/accounts/batch-users.ts';
import { answerButton } from '../../../../form-answer.ts';
import { requireStaff } from '../../../../session.ts';

const input = z.object({
  text: z.string().max(2_000_000),
  domain: z.string().trim().max(253),
  mustChange: z.boolean(),
  isRehearsal: z.boolean(),
});

/** What would happen to each line, or in earnest what has. */
export async function runBatchAction(
  asked: z.input<typeof input>,
): Promise<{ error?: string; lines: BatchLine[] }> {
  const staff = await requireStaff('users');
  let lines: BatchLine[] = [];
  const error = await answerButton(async () => {
    const read = input.parse(asked);
    lines = await runBatch(staff, read);
    if (!read.isRehearsal) revalidatePath('/admin', 'layout');
  });
  return { error, lines };
}
