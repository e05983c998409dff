'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { liftBlock } from '#lib/accounts/throttle.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

export async function liftBlockAction(id: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await liftBlock(z.string().max(400).parse(id), admin.address);
    revalidatePath('/admin/blocked');
  });
}
