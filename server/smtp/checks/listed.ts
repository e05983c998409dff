// The checks in their order, as the panel shows them.
import type { ListedCheck } from '#lib/explanation.ts';
import { readSettings } from '#lib/settings/index.ts';
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
    })),
  );
}
