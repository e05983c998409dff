'use server';
import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { Refusal } from '#lib/errors.ts';
import { writeJoined } from '#lib/joined.ts';
import { findSetting, readSettings, writeSetting } from '#lib/settings/index.ts';
import { requireListenable } from '#lib/settings/listenable.ts';
import { answerButton } from '../../../form-answer.ts';
import { requireAdmin } from '../../../session.ts';
import { listedListeners } from './listed.ts';

const names = z.enum(listedListeners.map(({ name }) => name));

/** Off: no address. On: the usual port where the others have theirs, else that of a trial. */
export async function switchListenerAction(
  name: string,
  isOn: boolean,
): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    const listener = listedListeners.find((one) => one.name === names.parse(name));
    if (!listener) throw new Refusal('not-found', 'There is no such listener.');
    if (listener.name === 'lmtp') return save({ 'smtp.hasLmtp': isOn === true }, admin.address);
    const key = `listeners.${listener.name}` as const;
    const isUsual = (await readSettings())['listeners.smtp'].some((text) => /(^|:)25$/.test(text));
    const trial = findSetting(key).default as string[];
    const usual = isUsual || trial.length === 0 ? (listener.standard ?? trial) : trial;
    await save({ [key]: isOn === true ? usual : [] }, admin.address);
  });
}

/** All mail and web ports at once; all or none. */
export async function applyPortsAction(kind: string): Promise<string | undefined> {
  const admin = await requireAdmin();
  return answerButton(async () => {
    const isStandard = z.enum(['standard', 'trial']).parse(kind) === 'standard';
    const changes = listedListeners.flatMap(({ name, standard }) => {
      const key = `listeners.${name}`;
      return standard ? [[key, isStandard ? standard : findSetting(key).default] as const] : [];
    });
    await save(Object.fromEntries(changes), admin.address);
  });
}

async function save(changes: Record<string, unknown>, by: string): Promise<void> {
  await requireListenable(changes);
  await writeJoined(async () => {
    for (const [key, value] of Object.entries(changes)) await writeSetting(key, value, by);
  });
  revalidatePath('/admin', 'layout');
}
