// Names that somebody may have meant: a letter wrong, missing, too many, or two of them swapped.

/** Below this nearly everything is near to something. */
const shortest = 4;
const longest = 60;
/** One wrong letter for each so many, three at most. */
const lettersPerFault = 5;
const mostFaults = 3;

/** Of `names` those that are nearest to what was typed, or none where all are too far; `most` of them. */
export function findNear(typed: string, names: Iterable<string>, most = 3): string[] {
  const text = fold(typed);
  if (text.length < shortest || text.length > longest) return [];
  const allowed = Math.min(mostFaults, Math.max(1, Math.floor(text.length / lettersPerFault)));
  const near = [...new Set(names)].flatMap((name) => {
    const faults = countFaults(text, fold(name), allowed);
    return faults === null ? [] : [{ name, faults }];
  });
  const best = Math.min(...near.map(({ faults }) => faults));
  return near.flatMap(({ name, faults }) => (faults === best ? name : [])).slice(0, most);
}

/** People write blanks and dashes for underscores. */
function fold(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}

/** Letters to change, add, remove or swap with their neighbour (optimal string alignment); null for more than `most`. */
function countFaults(one: string, other: string, most: number): number | null {
  if (Math.abs(one.length - other.length) > most) return null;
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let at = 1; at <= other.length; at++) {
      const isSame = one[row - 1] === other[at - 1];
      const isSwapped = one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      line[at] = Math.min(
        (last[at] ?? most) + 1,
        (line[at - 1] ?? most) + 1,
        (last[at - 1] ?? most) + (isSame ? 0 : 1),
        isSwapped ? (before[at - 2] ?? most) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    if (Math.min(...line) > most) return null;
    [before, last] = [last, line];
  }
  const faults = last[other.length] ?? most + 1;
  return faults > most ? null : faults;
}
