// What a row of numbers holds, and how rows are added up. Counts say how often something happened; states say how
// things stood when they were looked at, once a minute.

/** Sum of the looks, how many there were, the highest. */
export type State = [sum: number, looks: number, highest: number];

export type Numbers = { counts: Record<string, number>; states: Record<string, State> };

/** Pieces of time with a row each, and for how long the rows are kept. */
export const pieces = [
  { seconds: 60, keptDays: 2 },
  { seconds: 3600, keptDays: 90 },
  { seconds: 86_400, keptDays: 3660 },
] as const;

/** Names of states that every node sees alike: they are not added up over the nodes. */
export const isShared = (name: string): boolean =>
  name.startsWith('queue.') || name === 'disk.database' || name === 'disk.bodies';

export function emptyNumbers(): Numbers {
  return { counts: {}, states: {} };
}

/** `more` added to `numbers`, which is changed. */
export function addNumbers(numbers: Numbers, more: Numbers): Numbers {
  for (const [name, count] of Object.entries(more.counts)) {
    numbers.counts[name] = (numbers.counts[name] ?? 0) + count;
  }
  for (const [name, [sum, looks, highest]] of Object.entries(more.states)) {
    const known = numbers.states[name];
    numbers.states[name] = known
      ? [known[0] + sum, known[1] + looks, Math.max(known[2], highest)]
      : [sum, looks, highest];
  }
  return numbers;
}

/** As a row keeps it: without what is nothing, and no longer than numbers need. */
export function formatNumbers({ counts, states }: Numbers): string {
  return JSON.stringify({
    c: Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    s: states,
  });
}

/** A row that cannot be read counts as nothing. */
export function parseNumbers(text: string): Numbers {
  try {
    const { c, s } = JSON.parse(text) as { c?: Numbers['counts']; s?: Numbers['states'] };
    return { counts: c ?? {}, states: s ?? {} };
  } catch {
    return emptyNumbers();
  }
}
