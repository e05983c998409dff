// Events of a day beside one another where their times overlap. Pure.

type Timed = { start: number; end: number };
export type Laid<T> = { item: T; column: number; columns: number };

/** Shorter than this one could not be read. */
const minMinutes = 25;

/** Each with its column and how many there are beside it; in order of their beginning. */
export function layOut<T extends Timed>(items: readonly T[]): Laid<T>[] {
  const laid: Laid<T>[] = [];
  let group: Laid<T>[] = [];
  let ends: number[] = [];
  const close = () => {
    for (const each of group) each.columns = ends.length;
    group = [];
    ends = [];
  };
  for (const item of [...items].sort((one, other) => one.start - other.start)) {
    if (ends.every((end) => end <= item.start)) close();
    const free = ends.findIndex((end) => end <= item.start);
    const column = free < 0 ? ends.length : free;
    ends[column] = Math.max(item.end, item.start + minMinutes);
    const one = { item, column, columns: 1 };
    group.push(one);
    laid.push(one);
  }
  close();
  return laid;
}
