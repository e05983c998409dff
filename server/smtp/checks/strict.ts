// From the setting of a check to its verdict.
import type { Strictness } from '#lib/settings/choice.ts';
import { type Reason, refuse, type Verdict } from '../verdict.ts';

/** The mail is wanting: refused or into Junk, as the setting has it. */
export function blame(strictness: Strictness, reason: Reason, text: string, note: string): Verdict {
  if (strictness === 'refuse') return refuse(reason, text, note);
  return { outcome: 'junk', reason, note };
}

/** The DNS does not say now: who refuses must wait and see, who only sorts lets it pass. */
export function doubt(strictness: Strictness, text: string, note: string): Verdict {
  if (strictness === 'refuse') return refuse('dns-trouble', text, note);
  return { outcome: 'pass', note };
}
