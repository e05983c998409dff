// What a check of the doctor is: an id, words for people, and a function that looks and judges. Looking and judging are two
// functions in most files, so that every verdict can be tried without the world that it speaks of.
import type { Judged } from '#lib/doctor/report.ts';

export type DoctorCheck = {
  /** Stable: the command line and the report know it */
  id: string;
  title: string;
  looksAt: string;
  run(): Promise<Judged>;
};

export const ok = (found: string, fix = ''): Judged => ({ verdict: 'ok', found, fix });
export const warning = (found: string, fix: string): Judged => ({ verdict: 'warning', found, fix });
export const problem = (found: string, fix: string): Judged => ({ verdict: 'problem', found, fix });
export const unknown = (found: string, fix = ''): Judged => ({ verdict: 'unknown', found, fix });

/** "a, b and 3 more" */
export function listSome(items: string[], most = 5): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(', ')} and ${more} more` : items.join(', ');
}
