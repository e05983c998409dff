// What the doctor said last, check by check, and since when each says so: one finding of the trail, so that the panel, the
// terminal and the first run show the same. server/doctor makes it.
import { now } from '../clock.ts';
import { readFinding, saveFinding } from '../trail/finding.ts';

export type DoctorVerdict = 'ok' | 'warning' | 'problem' | 'unknown';

/** What one check said. */
export type Judged = {
  verdict: DoctorVerdict;
  /** A sentence: what is */
  found: string;
  /** What a person without knowledge can do about it; empty where nothing is to be done */
  fix: string;
};

export type Outcome = Judged & {
  id: string;
  title: string;
  /** A sentence: what it looks at, and why that matters */
  looksAt: string;
  /** ISO 8601: when it was looked at, and since when the verdict has been this one */
  at: string;
  since: string;
};

export type DoctorReport = { at: Date; outcomes: Outcome[] };

const findingId = 'doctor';

/** The last report, or null where nobody has asked yet. */
export async function readDoctorReport(): Promise<DoctorReport | null> {
  const finding = await readFinding(findingId);
  return finding && { at: finding.at, outcomes: finding.detail as Outcome[] };
}

/**
 * Keeps what was found now, in the order of `ids`; of checks that were not asked what is known stays. A report that gets
 * its first problem, or loses its last one, leaves an event.
 */
export async function saveDoctorReport(
  found: Omit<Outcome, 'at' | 'since'>[],
  ids: string[],
): Promise<DoctorReport> {
  const known = new Map((await readDoctorReport())?.outcomes.map((each) => [each.id, each]));
  const at = now();
  for (const outcome of found) {
    const before = known.get(outcome.id);
    const isSame = before?.verdict === outcome.verdict;
    const since = isSame ? before.since : at.toISOString();
    known.set(outcome.id, { ...outcome, at: at.toISOString(), since });
  }
  const outcomes = ids.flatMap((id) => known.get(id) ?? []);
  const problems = outcomes.filter(({ verdict }) => verdict === 'problem');
  await saveFinding({
    id: findingId,
    isGood: problems.length === 0,
    text: problems.map(({ title, found: what }) => `${title}: ${what}`).join(' ') || 'No problem.',
    detail: outcomes,
  });
  return { at, outcomes };
}
