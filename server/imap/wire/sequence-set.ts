// sequence-set (RFC 3501 §9): ranges of message numbers or UIDs, "*" for the largest one in use.

/** One range as written; Infinity stands for "*". */
export type Range = readonly [from: number, to: number];
export type SequenceSet = readonly Range[];

/** "$": the result of the last search that was saved (RFC 5182). As a set of its own it names nothing. */
export const savedResult: SequenceSet = Object.freeze([]);

/**
 * The set as ascending, disjoint [low, high] pairs with "*" put in. `largest` is the number "*" means, 0
 * when there are no messages (then "*" means nothing). RFC 3501 §9: "*:5" is "5:*".
 */
export function resolveSet(set: SequenceSet, largest: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (const [from, to] of set) {
    const a = from === Number.POSITIVE_INFINITY ? largest : from;
    const b = to === Number.POSITIVE_INFINITY ? largest : to;
    const low = Math.min(a, b);
    if (Math.max(a, b) > 0) pairs.push([Math.max(1, low), Math.max(a, b)]);
  }
  pairs.sort((x, y) => x[0] - y[0]);
  const merged: [number, number][] = [];
  for (const pair of pairs) {
    const last = merged.at(-1);
    if (last && pair[0] <= last[1] + 1) last[1] = Math.max(last[1], pair[1]);
    else merged.push(pair);
  }
  return merged;
}

/** Numbers that a set without "*" names, each as often as it is written. */
export function countNamed(set: SequenceSet): number {
  return set.reduce((sum, [from, to]) => sum + Math.abs(to - from) + 1, 0);
}

/** Ascending numbers as a compact uid-set / sequence-set: "1:3,7". */
export function formatSet(numbers: readonly number[]): string {
  const pieces: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    let end = at;
    while (numbers[end + 1] === numbers[end]! + 1) end++;
    pieces.push(end === at ? `${numbers[at]}` : `${numbers[at]}:${numbers[end]}`);
    at = end + 1;
  }
  return pieces.join(',');
}
