'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { askDaemon } from '#lib/control.ts';
import { Refusal } from '#lib/errors.ts';
import type { ListedCheck } from '#lib/explanation.ts';
import { findSetting, writeSetting } from '#lib/settings/index.ts';
import { presets } from '#lib/settings/presets.ts';
import { switchedValue } from '#lib/settings/switch.ts';
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

const word = z.string().min(1).max(100);

/** Switches a check by its setting; `wanted` is "on", "off", or one of the choices that the setting has. */
export async function switchCheckAction(key: string, wanted: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    const definition = findSetting(word.parse(key));
    const checks = await askDaemon<ListedCheck[]>('checks');
    if (!checks.some(({ switchedBy }) => switchedBy === definition.key)) {
      throw new Refusal('not-found', 'No check is switched by that.');
    }
    const value = switchedValue(definition, word.parse(wanted));
    await writeSetting(definition.key, value, admin.address);
    revalidatePath('/admin/checks');
  });
}
