// The checks in their order, as the panel shows them.
import type { SettingKey } from '#lib/settings/index.ts';
import { readSettings } from '#lib/settings/index.ts';
import { checks } from './index.ts';
import type { Audience, Check, Stage } from './stages.ts';

export type ListedCheck = {
  stage: Stage;
  name: string;
  /** For administrators; empty for the walls that nobody would search for */
  title: string;
  audience: Audience;
  isOn: boolean;
  settings: readonly SettingKey[];
};

/** Every check in the order they run, with whether it is on now. */
export async function listChecks(): Promise<ListedCheck[]> {
  const settings = await readSettings();
  return (Object.keys(checks) as Stage[]).flatMap((stage) =>
    (checks[stage] as readonly Check<Stage>[]).map((check) => ({
      stage,
      name: check.name,
      title: check.title ?? '',
      audience: check.audience ?? 'everyone',
      isOn: check.isOn?.(settings) ?? true,
      settings: check.settings ?? [],
    })),
  );
}
