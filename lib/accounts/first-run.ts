// The steps after the first administrator is there: which are done or were passed over. They can be left and taken up again,
// by any super admin; nothing of the server depends on them.
import { db } from '../db.ts';
import { readFinding, saveFinding } from '../trail/finding.ts';

export const firstRunSteps = [
  'host',
  'domain',
  'leaving',
  'certificate',
  'ports',
  'finish',
] as const;
export type FirstRunStep = (typeof firstRunSteps)[number];

const findingId = 'first-run';

/** The steps that are done or were passed over. */
export async function readFirstRun(): Promise<Set<FirstRunStep>> {
  const finding = await readFinding(findingId);
  const detail = Array.isArray(finding?.detail) ? finding.detail : [];
  return new Set(firstRunSteps.filter((step) => detail.includes(step)));
}

/** Remembers that a step needs no more attention. */
export async function passFirstRunStep(step: FirstRunStep): Promise<void> {
  const passed = [...(await readFirstRun()).add(step)];
  const isAll = passed.length === firstRunSteps.length;
  const text = isAll ? 'All steps are done.' : `${passed.length} steps are done.`;
  await saveFinding({ id: findingId, isGood: true, text, detail: passed });
}

/** The first step that is not done, or null. */
export async function findOpenStep(): Promise<FirstRunStep | null> {
  const passed = await readFirstRun();
  return firstRunSteps.find((step) => !passed.has(step)) ?? null;
}

/** Names of the domains that the first steps speak of; a server with many is past them. */
export async function listFirstDomains(): Promise<string[]> {
  const rows = await db.domain.findMany({
    where: { isDisabled: false, aliasOf: '' },
    orderBy: { createdAt: 'asc' },
    take: 20,
    select: { name: true },
  });
  return rows.map(({ name }) => name);
}
