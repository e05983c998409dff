'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { addRewrite, removeRewrite, rewriteScopes, updateRewrite } from '#lib/accounts/rewrite.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const id = z.string().min(1).max(64);
const fields = z.object({
  scope: z.enum(rewriteScopes, 'Choose what is rewritten.'),
  pattern: z.string().trim().min(1, 'Give an address or @example.org.').max(320),
  replacement: z.string().trim().min(1, 'Give an address or @example.org.').max(320),
  comment: z.string().trim().max(500, 'At most 500 characters.').default(''),
});

export async function addRewriteAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(fields, form, async (rewrite) => {
    await addRewrite(rewrite, admin.address);
    revalidatePath('/admin/rewriting');
    return { status: 'ok', text: 'Rewriting added; it counts from the next message on' };
  });
}

export async function editRewriteAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  return answerForm(fields.extend({ id }), form, async ({ id, ...rewrite }) => {
    await updateRewrite(id, rewrite, admin.address);
    revalidatePath('/admin/rewriting');
    return { status: 'ok', text: 'Rewriting saved' };
  });
}

export async function removeRewriteAction(rewrite: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeRewrite(id.parse(rewrite), admin.address);
    revalidatePath('/admin/rewriting');
  });
}
