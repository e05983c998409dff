// The registry of preferences and their values. Only what differs from the default has a row; a stored value that no
// longer fits counts as the default.
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { poke } from '../poke.ts';
import { composePreferences } from './compose.ts';
import type { PreferenceDefinition } from './define.ts';
import { displayPreferences } from './display.ts';
import { foldersPreferences } from './folders.ts';
import { listPreferences } from './list.ts';
import { noticesPreferences } from './notices.ts';
import { personalPreferences } from './personal.ts';
import { readingPreferences } from './reading.ts';

const registry = [
  ...personalPreferences,
  ...displayPreferences,
  ...listPreferences,
  ...foldersPreferences,
  ...readingPreferences,
  ...composePreferences,
  ...noticesPreferences,
] as const;

type Declared = (typeof registry)[number];
export type PreferenceKey = Declared['key'];
type Value<K> = Extract<Declared, { key: K }> extends PreferenceDefinition<infer T> ? T : never;
export type Preferences = { [K in PreferenceKey]: Value<K> };

/** Every preference in the order of the options. */
export const preferences: readonly PreferenceDefinition[] =
  registry as readonly unknown[] as PreferenceDefinition[];
const byKey = new Map(preferences.map((each) => [each.key, each]));
const maxValueLength = 64 * 1024;

/** All preferences of an account. */
export async function readPreferences(accountId: string): Promise<Preferences> {
  const names = [...byKey.keys()];
  const rows = await db.preference.findMany({ where: { accountId, name: { in: names } } });
  const stored = new Map(rows.map(({ name, value }) => [name, value]));
  const values = preferences.map((each) => [each.key, readValue(each, stored.get(each.key))]);
  return Object.fromEntries(values) as Preferences;
}

function readValue(definition: PreferenceDefinition, text: string | undefined): unknown {
  if (text === undefined) return definition.default;
  const parsed = definition.schema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : definition.default;
}

/**
 * Changes some preferences, all or none. Refusal 'invalid' with the key as its field for an unknown one or a value
 * that does not fit, 'too-big' for one over 64 KB.
 */
export async function changePreferences(
  accountId: string,
  change: Readonly<Record<string, unknown>>,
): Promise<void> {
  const rows = Object.entries(change).map(([name, wanted]) => {
    const definition = byKey.get(name);
    if (!definition) throw new Refusal('invalid', 'There is no such option.', name);
    const parsed = definition.schema.safeParse(wanted);
    if (!parsed.success) {
      throw new Refusal('invalid', parsed.error.issues[0]?.message ?? 'This does not fit.', name);
    }
    const value = JSON.stringify(parsed.data);
    if (value.length > maxValueLength) throw new Refusal('too-big', 'This is too much.', name);
    return { name, value, isDefault: value === JSON.stringify(definition.default) };
  });
  await write(async (tx) => {
    for (const { name, value, isDefault } of rows) {
      const where = { accountId, name };
      if (isDefault) await tx.preference.deleteMany({ where });
      else {
        await tx.preference.upsert({
          where: { accountId_name: where },
          create: { ...where, value },
          update: { value },
        });
      }
    }
  });
  // What is closed on one page goes from the others (lib/webmail/live/banners.ts).
  if ('notices.closedAnnouncements' in change) poke(`account:${accountId}`);
}
