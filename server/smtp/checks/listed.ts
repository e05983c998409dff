// The checks in their order, as the panel shows them.
import type { ListedCheck } from '#lib/explanation.ts';
import { findSetting, readSettings, type Settings } from '#lib/settings/index.ts';
import { offValueOf } from '#lib/settings/switch.ts';
import { checks } from './index.ts';
import type { Check, Stage } from './stages.ts';

/** Every check in the order they run, with whether it is on now. */
export async function listChecks(): Promise<ListedCheck[]> {
  const settings = await readSettings();
  return (Object.keys(checks) as Stage[]).flatMap((stage) =>
    (checks[stage] as readonly Check<Stage>[]).map((check) => ({
      stage,
      name: check.name,
      title: check.title,
      audience: check.audience ?? 'everyone',
      isOn: check.isOn?.(settings) ?? true,
      settings: check.settings ?? [],
      switchedBy: findSwitch(check, settings),
    })),
  );
}

/** The first of its settings, where the check is off without it. */
function findSwitch({ settings: [key] = [], isOn }: Check<Stage>, settings: Settings) {
  if (!key || !isOn) return null;
  const off = offValueOf(findSetting(key));
  return off !== undefined && !isOn({ ...settings, [key]: off }) ? key : null;
}
