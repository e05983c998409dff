// What a file would change, and the changing, by the same functions as the panel: all of it in one transaction, or where that would
// hold everybody up, in parts.

import { uptimeMs } from '#lib/clock.ts';
import { findOpen, OverTime } from '#lib/context.ts';
import { isUniqueViolation, write } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { readOrigin, runFrom } from '#lib/history/origin.ts';
import { lockHistory } from '#lib/history/revise.ts';
import { readRevisionNumber } from '#lib/history/revision.ts';
import { rehearse, writeJoined, writePart } from '#lib/joined.ts';
import type { Problem, ReadFile } from './file.ts';
import { type PlannedChange, readSteps, type Step } from './steps.ts';
import { listWarnings } from './warnings.ts';

export type { PlannedChange } from './steps.ts';

export type Plan = {
  changes: PlannedChange[];
  problems: Problem[];
  /** What would not fit together, though nothing is wrong with it */
  warnings: string[];
  /** False: so many that only their comparison was made; what the rooms would refuse is not known. */
  isTried: boolean;
};

/** A transaction with more changes would hold everybody up: each takes about two milliseconds. */
export const mostAtOnce = 1000;
/** A part holds the writer so long, and the step that it is at. */
const partMs = 250;

/** What the file would change, and what is wrong with it. Changes nothing; to try it holds the writer for `mostMs`. */
export async function planConfiguration(file: ReadFile, mostMs?: number): Promise<Plan> {
  const { steps, problems } = await readSteps(file);
  const all = [...file.problems, ...problems];
  const changes = listShown(steps);
  const isTried = steps.length <= mostAtOnce;
  if (all.length > 0 || !isTried) return { changes, problems: all, warnings: [], isTried };
  if (steps.length === 0) return { changes, problems: [], warnings: [], isTried };
  const tried = await rehearse(
    async () => ({
      problems: await carryOut(steps, 'plan'),
      warnings: await listWarnings(changes),
    }),
    mostMs,
  ).catch(ignoreOverTime);
  return tried
    ? { changes, ...tried, isTried }
    : { changes, problems: [], warnings: [], isTried: false };
}

function ignoreOverTime(error: unknown): null {
  if (error instanceof OverTime) return null;
  throw error;
}

/** Thrown where a file cannot be applied: nothing was changed, or of parts, what is not named. */
export class ConfigurationRefusal extends Refusal {
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    super('invalid', problems.map(describeProblem).join('\n'));
    this.problems = problems;
  }
}

/** "line 12, networks: …" */
export function describeProblem({ line, section, text }: Problem): string {
  const place = [line && `line ${line}`, section].filter(Boolean).join(', ');
  return place ? `${place}: ${text}` : text;
}

/**
 * Makes the server what the file says, whole or not at all. Refusal ConfigurationRefusal, 'limit' for more than mostAtOnce
 * changes.
 */
export async function applyConfiguration(file: ReadFile, by: string): Promise<PlannedChange[]> {
  const read = await readBefore(file);
  return runFrom({ groupId: readOrigin().groupId }, () =>
    writeJoined(async () => {
      await write(lockHistory);
      const isCurrent = read?.revision === (await readRevisionNumber());
      const steps = requireRight(file, read && isCurrent ? read : await readSteps(file));
      requireFew(steps);
      const refused = await carryOut(steps, by);
      if (refused.length > 0) throw new ConfigurationRefusal(refused);
      return listShown(steps);
    }),
  );
}

/**
 * The same for any number of changes, a part in each transaction, so that others write in between. What is refused does not
 * take back the rest: where the file is applied again, what is left is done. Gives what was to be changed. Refusal
 * ConfigurationRefusal.
 */
export async function applyInParts(file: ReadFile, by: string): Promise<PlannedChange[]> {
  const steps = requireRight(file, await readSteps(file));
  await runFrom({ groupId: readOrigin().groupId }, async () => {
    const refused = await carryOut(steps, by, (run) => writeJoined(run), partMs);
    if (refused.length > 0) throw new ConfigurationRefusal(refused);
  });
  return listShown(steps);
}

/**
 * The steps before the transaction, which looks whether anything was changed since: to read a hundred thousand users takes long.
 * null inside of a transaction.
 */
async function readBefore(file: ReadFile) {
  if (findOpen()) return null;
  const revision = await readRevisionNumber();
  const found = await readSteps(file);
  // Refused while others may write.
  requireFew(requireRight(file, found));
  return { revision, ...found };
}

type Found = { steps: Step[]; problems: Problem[] };

function requireRight(file: ReadFile, { steps, problems }: Found): Step[] {
  const all = [...file.problems, ...problems];
  if (all.length > 0) throw new ConfigurationRefusal(all);
  return steps;
}

function requireFew(steps: Step[]): void {
  if (steps.length <= mostAtOnce) return;
  throw new Refusal(
    'limit',
    `This would change ${steps.length} things. More than ${mostAtOnce} are not changed whole or not at all, because all mail would wait: on the server "drey apply --in-parts FILE" changes them one part after the other.`,
  );
}

function listShown(steps: Step[]): PlannedChange[] {
  return steps.filter(({ isQuiet }) => !isQuiet).map(({ shown }) => shown);
}

/**
 * Does them all, inside a transaction, or in several by `join`, of which each takes no new step after `ms`. What one refuses
 * may be right after the others (an alias of a domain that stands further down), so those come again until nothing moves any
 * more. Gives what was refused at last.
 */
async function carryOut(
  steps: Step[],
  by: string,
  join: (run: () => Promise<void>) => Promise<void> = (run) => run(),
  ms = Number.POSITIVE_INFINITY,
): Promise<Problem[]> {
  // An order only counts once everything is there.
  let waiting = steps.filter(({ shown }) => shown.action !== 'order');
  const orders = steps.filter(({ shown }) => shown.action === 'order');
  while (waiting.length > 0) {
    const next: Step[] = [];
    const problems: Problem[] = [];
    for (let at = 0; at < waiting.length; ) {
      const [from, before] = [at, { next: next.length, problems: problems.length }];
      await join(async () => {
        // It may run again.
        at = from;
        next.length = before.next;
        problems.length = before.problems;
        for (const startedAt = uptimeMs(); at < waiting.length; at++) {
          await carryOneOut(waiting[at] as Step, by, { next, problems });
          if (uptimeMs() - startedAt > ms) return void at++;
        }
      });
    }
    if (problems.length === waiting.length) return problems;
    waiting = next;
  }
  for (const step of orders) await join(() => writePart(async () => void (await step.run(by))));
  return [];
}

async function carryOneOut(
  step: Step,
  by: string,
  { next, problems }: { next: Step[]; problems: Problem[] },
): Promise<void> {
  try {
    next.push(...(await writePart(() => step.run(by))));
  } catch (error) {
    problems.push(toProblem(step, error));
    next.push(step);
  }
}

function toProblem({ line, section, shown }: Step, error: unknown): Problem {
  if (!isRefusal(error) && !isUniqueViolation(error)) throw error;
  const text = isRefusal(error) ? error.message : 'It is here already.';
  return { line, section: section.name, text: `${shown.subject}: ${text}` };
}
