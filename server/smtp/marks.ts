// What the checks have found and want to be done: of a session, of the transaction in it, of one recipient.
import type { Stage } from './stage.ts';
import type { Refused, Verdict } from './verdict.ts';

/** One check that ran and what it said. */
export type Step = {
  stage: Stage;
  /** Name of the check */
  check: string;
  outcome: Verdict['outcome'];
  reason: string;
  note: string;
};

export type Marks = {
  steps: Step[];
  /** Finished header fields that go before the message */
  fields: string[];
  isJunk: boolean;
  isWelcome: boolean;
  /** A refusal that is told at the recipient (checks/delayed.ts) */
  pending: Refused | null;
  /** The reason, or empty */
  heldFor: string;
  isDiscarded: boolean;
  /** In place of the recipients; empty = to them */
  redirectTo: string;
  copyTo: string[];
};

/** A message to a thousand recipients need not be told step by step. */
const maxSteps = 200;
const maxCopies = 20;

export function newMarks(): Marks {
  return {
    steps: [],
    fields: [],
    isJunk: false,
    isWelcome: false,
    pending: null,
    heldFor: '',
    isDiscarded: false,
    redirectTo: '',
    copyTo: [],
  };
}

/** What a transaction knows when it begins: all that its session has come to. */
export function copyMarks(marks: Marks): Marks {
  return {
    ...marks,
    steps: [...marks.steps],
    fields: [...marks.fields],
    copyTo: [...marks.copyTo],
  };
}

/** Adds one verdict. */
export function mark(marks: Marks, stage: Stage, check: string, verdict: Verdict): void {
  const reason = 'reason' in verdict ? verdict.reason : '';
  const step = { stage, check, outcome: verdict.outcome, reason, note: verdict.note ?? '' };
  if (marks.steps.length < maxSteps) marks.steps.push(step);
  switch (verdict.outcome) {
    case 'tag':
      marks.fields.push(verdict.field);
      break;
    case 'junk':
      marks.isJunk = true;
      break;
    case 'welcome':
      marks.isWelcome = true;
      break;
    case 'hold':
      marks.heldFor ||= verdict.reason;
      break;
    case 'discard':
      marks.isDiscarded = true;
      break;
    case 'redirect':
      marks.redirectTo ||= verdict.to;
      break;
    case 'bcc':
      if (marks.copyTo.length < maxCopies) marks.copyTo.push(verdict.to);
      break;
  }
}

/** What a recipient brought for the whole message: everything but where this recipient's own copy goes. */
export function joinMarks(into: Marks, from: Marks): void {
  into.steps.push(...from.steps.slice(0, Math.max(0, maxSteps - into.steps.length)));
  into.fields.push(...from.fields);
  into.isJunk ||= from.isJunk;
  into.heldFor ||= from.heldFor;
  into.copyTo.push(...from.copyTo.slice(0, Math.max(0, maxCopies - into.copyTo.length)));
}
