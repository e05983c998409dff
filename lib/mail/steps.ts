// Long computations without I/O as generators: they yield now and then, so that whoever runs them can let others
// in between. Nothing is said by what they yield.
export type Steps<T> = Generator<undefined, T, undefined>;

/** About so many small operations lie between two yields, well below a millisecond's worth. */
export const operationsPerStep = 2000;

/** All of it at once, for tests and small things. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** A sorted copy; equal ones keep their order. */
export function* sortSteps<T>(
  list: readonly T[],
  compare: (one: T, other: T) => number,
): Steps<T[]> {
  if (yield* isInOrder(list, compare)) return [...list];
  let from: T[] = [];
  // Small runs are left to the engine.
  const run = operationsPerStep / 10;
  for (let at = 0; at < list.length; at += run) {
    for (const item of list.slice(at, at + run).sort(compare)) from.push(item);
    yield;
  }
  let to: T[] = new Array(from.length);
  for (let width = run; width < from.length; width *= 2) {
    let operations = 0;
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      const end = Math.min(middle + width, from.length);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        const takesLeft =
          left < middle && (right >= end || compare(from[left] as T, from[right] as T) <= 0);
        to[at] = from[takesLeft ? left++ : right++] as T;
        if (++operations % operationsPerStep === 0) yield;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Mail mostly comes in its order. */
function* isInOrder<T>(list: readonly T[], compare: (one: T, other: T) => number): Steps<boolean> {
  for (let at = 1; at < list.length; at++) {
    if (at % operationsPerStep === 0) yield;
    if (compare(list[at - 1] as T, list[at] as T) > 0) return false;
  }
  return true;
}
