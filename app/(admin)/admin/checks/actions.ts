'use server';
import { revalidatePath } from 'next/cache';
import { Refusal } from '#lib/errors.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { presets } from '#lib/settings/presets.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';

/** Sets every value of the preset; each is a change in the trail. */
export async function applyPresetAction(name: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    const preset = presets.find((each) => each.name === name);
    if (!preset) throw new Refusal('not-found', 'There is no such preset.');
    for (const [key, value] of Object.entries(preset.values)) {
      await writeSetting(key, value, admin.address);
    }
    revalidatePath('/admin/checks');
  });
}
