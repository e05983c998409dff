'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/ui/form-state.ts';
import { readTypedSetting } from '#lib/accounts/secret-setting.ts';
import { findSetting, resetSetting, writeSetting } from '#lib/settings/index.ts';
import { requireListenable } from '#lib/settings/listenable.ts';
import { answerButton, answerForm } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

const key = z.string().min(1).max(100);

export async function saveSettingAction(_previous: FormState, form: FormData): Promise<FormState> {
  const admin = await requireAdmin();
  // An unticked switch sends nothing.
  const schema = z.object({ key, value: z.string().max(20_000).default('off') });
  const name = String(form.get('key') ?? '');
  return answerForm(
    schema,
    form,
    async (fields) => {
      const { title } = findSetting(fields.key);
      const value = readTypedSetting(fields.key, fields.value);
      await requireListenable({ [fields.key]: value });
      await writeSetting(fields.key, value, admin.address);
      revalidatePath('/admin', 'layout');
      return { status: 'ok', text: `${title} saved` };
    },
    { [name]: 'value' },
  );
}

export async function resetSettingAction(name: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    const { key: found, default: value } = findSetting(key.parse(name));
    await requireListenable({ [found]: value });
    await resetSetting(found, admin.address);
    revalidatePath('/admin', 'layout');
  });
}
