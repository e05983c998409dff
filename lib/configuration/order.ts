// The order of a list in which it counts: entries that a file names come into its order, in the places that they have together;
// others stay where they are.
import type { Entry, Section } from './section.ts';

type Move = { key: string; position: number };

/** The moves, one after the other, that bring `wanted` (identities) into their order. */
export function findOrder(section: Section, entries: Entry[], wanted: string[]): Move[] {
  const keys = new Map(entries.map(({ key, fields }) => [section.identify(fields), key]));
  const named = wanted.flatMap((identity) => keys.get(identity) ?? []);
  const isNamed = new Set(named);
  let index = 0;
  const target = entries.map(({ key }) => (isNamed.has(key) ? (named[index++] ?? key) : key));
  const present = entries.map(({ key }) => key);
  const moves: Move[] = [];
  for (const [at, key] of target.entries()) {
    if (present[at] === key) continue;
    present.splice(present.indexOf(key), 1);
    present.splice(at, 0, key);
    moves.push({ key, position: at + 1 });
  }
  return moves;
}

/** Does it. */
export async function sortEntries(
  section: Section,
  group: string,
  wanted: string[],
  by: string,
): Promise<void> {
  const entries = (await section.list()).filter(({ fields }) => section.group?.(fields) === group);
  for (const { key, position } of findOrder(section, entries, wanted)) {
    await section.move?.(key, position, by);
  }
}
