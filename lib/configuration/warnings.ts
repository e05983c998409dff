// What a change of the configuration leaves that is right in each part and does not fit together.
import { findConflicts } from '#lib/settings/conflicts.ts';
import { readSettings, recordedSetting } from '#lib/settings/index.ts';
import type { PlannedChange } from './steps.ts';

/** In words, what does not fit together now of the settings that these changes have set. */
export async function listWarnings(changes: PlannedChange[]): Promise<string[]> {
  const changed = new Set(
    changes.filter(({ section }) => section === 'settings').map(({ subject }) => subject),
  );
  if (changed.size === 0) return [];
  return (await findConflicts(await readSettings()))
    .filter(({ keys }) => keys.some((key) => changed.has(recordedSetting.describe(key, {}))))
    .map(({ text }) => text);
}
