// Where a change comes from: said once by whoever lets people in (the forms of the panel, the command line, the API),
// found by whatever is written behind it.
import { readContext, runWith } from '../context.ts';
import { newId } from '../id.ts';

export type Origin = {
  /** An address, "command line", "API token NAME", "server" */
  place: string;
  /** Why, in the words of who changes it */
  reason: string;
  /** The same for changes that are made together */
  groupId: string;
  /** Somebody who could be locked out by a risky change: it goes back unless it is confirmed. */
  isWatched: boolean;
  /** The revision that is taken back */
  undoes: number | null;
  /** Part of a change that is kept as one (reviseOnce) */
  isPart: boolean;
};

const nowhere: Omit<Origin, 'groupId'> = {
  place: '',
  reason: '',
  isWatched: false,
  undoes: null,
  isPart: false,
};

/** Runs `run`; its changes come from there and belong together. What is left out stays as it is around it. */
export function runFrom<T>(origin: Partial<Origin>, run: () => T): T {
  const around = (readContext()?.origin as Origin | undefined) ?? nowhere;
  return runWith({ origin: { groupId: newId(), ...around, ...origin } }, run);
}

/** Where the change that is being made comes from. */
export function readOrigin(): Origin {
  const known = readContext()?.origin as Origin | undefined;
  return known ?? { ...nowhere, groupId: newId() };
}
