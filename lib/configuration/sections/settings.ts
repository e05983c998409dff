// Settings in a file: a mapping of keys to values. What is not set has its default and does not stand there.
import { z } from 'zod';
import { decryptSecret } from '#lib/accounts/secret.ts';
import { readTypedSetting } from '#lib/accounts/secret-setting.ts';
import { db } from '#lib/db.ts';
import {
  readSetting,
  recordedSetting,
  resetSetting,
  type SettingKey,
  settings,
  writeSetting,
} from '#lib/settings/index.ts';
import type { Section } from '../section.ts';

const schema = z
  .strictObject({ key: z.string(), value: z.unknown() })
  .transform(({ key, value }, context) => {
    const definition = settings.find((one) => one.key === key);
    if (!definition) {
      context.addIssue({ code: 'custom', message: `There is no setting "${key}".` });
      return z.NEVER;
    }
    // A secret is sealed when it is written.
    if (definition.control.kind === 'secret') return { key, value };
    const parsed = definition.schema.safeParse(value);
    if (parsed.success) return { key, value: parsed.data };
    for (const { message } of parsed.error.issues) context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

export const settingsSection: Section = {
  name: 'settings',
  recorded: recordedSetting,
  schema,
  identify: ({ key }) => String(key),
  secrets: ['value'],
  isSecret: ({ key }) => isSecretSetting(key),
  readSecret: async (key) => decryptSecret(String(await readSetting(key as SettingKey))),
  list: async () => {
    const rows = await db.setting.findMany({ select: { id: true } });
    const isSet = new Set(rows.map(({ id }) => id));
    const entries = settings.map(async ({ key }) => {
      const fields = isSet.has(key) ? await recordedSetting.read(db, key) : null;
      return fields ? [{ key, fields: { key, ...fields } }] : [];
    });
    return (await Promise.all(entries)).flat();
  },
  add: async ({ key, value }, by) => {
    await setValue(String(key), value, by);
    return String(key);
  },
  change: async (key, { value }, by) => setValue(key, value, by),
  remove: resetSetting,
};

async function setValue(key: string, value: unknown, by: string): Promise<void> {
  const isSealed = isSecretSetting(key) && typeof value === 'string';
  await writeSetting(key, isSealed ? readTypedSetting(key, value) : value, by);
}

function isSecretSetting(key: unknown): boolean {
  return settings.find((one) => one.key === key)?.control.kind === 'secret';
}
