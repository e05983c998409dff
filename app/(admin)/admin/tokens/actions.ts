'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { addApiToken, removeApiToken, tokenRoles } from '#lib/accounts/api-token.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const words = z
  .string()
  .max(50_000, 'That is too much.')
  .default('')
  .transform((text) => text.split(/[\s,;]+/).filter(Boolean));

export async function addTokenAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  const schema = z.object({
    name: z.string().trim().min(1, 'Give it a name.').max(80, 'At most 80 characters.'),
    role: z.enum(tokenRoles, 'Choose a role.'),
    domains: words,
    networks: words,
    expiresAt: z
      .string()
      .max(40)
      .default('')
      .transform((text) => (text === '' ? null : new Date(text))),
    mayChange: z.string().optional(),
  });
  return answerForm(schema, form, async ({ mayChange, ...fields }) => {
    const { token } = await addApiToken({ ...fields, isReadOnly: mayChange === undefined }, admin);
    revalidatePath('/admin/tokens');
    return { status: 'ok', secret: token };
  });
}

export async function removeTokenAction(token: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    await removeApiToken(z.string().min(1).max(64).parse(token), admin.address);
    revalidatePath('/admin/tokens');
  });
}
