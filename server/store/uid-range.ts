// Ranges of UIDs, both ends included. Pure; the cost grows with the ranges and UIDs, never with how much a
// range spans, since a client may name 1:4294967295.
export type Range = [first: number, last: number];

/** Ascending, disjoint, not adjacent, within 1 and `last`. */
export function sortRanges(ranges: readonly Range[], last: number): Range[] {
  const sorted = ranges
    .map(
      ([one, other]): Range => [
        Math.max(1, Math.min(one, other)),
        Math.min(last, Math.max(one, other)),
      ],
    )
    .filter(([low, high]) => low <= high)
    .sort((one, other) => one[0] - other[0]);
  const merged: Range[] = [];
  for (const [low, high] of sorted) {
    const before = merged.at(-1);
    if (before && low <= before[1] + 1) before[1] = Math.max(before[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

/** Ascending UIDs as ranges. */
export function toRanges(uids: Iterable<number>): Range[] {
  const ranges: Range[] = [];
  for (const uid of uids) {
    const before = ranges.at(-1);
    if (before && uid === before[1] + 1) before[1] = uid;
    else ranges.push([uid, uid]);
  }
  return ranges;
}

/** What is in both; each as `sortRanges` makes them. */
export function intersectRanges(one: readonly Range[], other: readonly Range[]): Range[] {
  const common: Range[] = [];
  let at = 0;
  for (const [low, high] of one) {
    while (at < other.length && other[at]![1] < low) at++;
    for (let next = at; next < other.length && other[next]![0] <= high; next++) {
      common.push([Math.max(low, other[next]![0]), Math.min(high, other[next]![1])]);
    }
  }
  return common;
}

/** What of `ranges` (as `sortRanges` makes them) is not in the ascending list. */
export function listMissing(ranges: readonly Range[], uids: Uint32Array): Range[] {
  const missing: Range[] = [];
  let at = 0;
  for (const [low, high] of ranges) {
    let next = low;
    while (at < uids.length && uids[at]! < low) at++;
    for (; at < uids.length && uids[at]! <= high; at++) {
      if (uids[at]! > next) missing.push([next, uids[at]! - 1]);
      next = uids[at]! + 1;
    }
    if (next <= high) missing.push([next, high]);
  }
  return missing;
}
