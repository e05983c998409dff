// Reading numbers over time, for plots and tables.
import { now } from '../clock.ts';
import { db } from '../db.ts';
import { isShared, type Numbers, parseNumbers, type pieces } from './roll-up.ts';

/** What a person can choose: `seconds` of the rows that are read, how many, and how many make a point. */
export const ranges = [
  { name: '1h', title: '1 hour', seconds: 60, rows: 60, together: 1 },
  { name: '24h', title: '24 hours', seconds: 60, rows: 1440, together: 10 },
  { name: '7d', title: '7 days', seconds: 3600, rows: 168, together: 1 },
  { name: '90d', title: '90 days', seconds: 86_400, rows: 90, together: 1 },
  { name: '2y', title: '2 years', seconds: 86_400, rows: 728, together: 7 },
] as const satisfies Range[];

export type Range = {
  name: string;
  title: string;
  seconds: (typeof pieces)[number]['seconds'];
  rows: number;
  together: number;
};

/** The range of that name, else one day. */
export function findRange(name: string | undefined): Range {
  return ranges.find((range) => range.name === name) ?? ranges[1];
}

type Point = Map<string, Numbers[]>;

export type Timeline = {
  range: Range;
  /** What there is something of, in alphabetical order */
  names: { counts: string[]; states: string[] };
  /** Seconds between two points */
  stepSeconds: number;
  /** Beginning of each point, first to last */
  at: Date[];
  /** How often it happened, at each point */
  counts(name: string): number[];
  /** The same for all names that begin so */
  countsOfAll(prefix: string): number[];
  total(name: string): number;
  /** Totals of the names that begin so, by what follows */
  totals(prefix: string): Map<string, number>;
  /** How it stood on average; null where nobody looked */
  states(name: string): (number | null)[];
  /** The last point at which somebody looked */
  last(name: string): number | null;
};

/** The numbers of the last pieces of time, all nodes together; the piece that `until` lies in is the last. */
export async function readTimeline(range: Range, until: Date = now()): Promise<Timeline> {
  const { seconds, rows, together } = range;
  const step = seconds * together;
  const end = Math.floor(until.getTime() / 1000 / step) * together + together;
  const first = end - rows;
  const found = await db.$queryRaw<{ at: number; node: string; numbers: string }[]>`
    SELECT "at", "node", "numbers" FROM "RollUp"
    WHERE "seconds" = ${seconds} AND "at" >= ${first} AND "at" < ${end}`;
  const length = rows / together;
  const points: Point[] = Array.from({ length }, () => new Map());
  for (const { at, node, numbers } of found) {
    const point = points[Math.floor((at - first) / together)];
    if (!point) continue;
    const known = point.get(node);
    if (known) known.push(parseNumbers(numbers));
    else point.set(node, [parseNumbers(numbers)]);
  }
  const at = points.map((_, index) => new Date((first + index * together) * seconds * 1000));
  return { range, stepSeconds: step, at, ...lookInto(points) };
}

function lookInto(points: Point[]) {
  const flat = points.map((point) => [...point.values()].flat());
  const sumOf = (wanted: (name: string) => boolean) =>
    flat.map((rows) => {
      let sum = 0;
      for (const { counts } of rows) {
        for (const [name, count] of Object.entries(counts)) if (wanted(name)) sum += count;
      }
      return sum;
    });
  const counts = (name: string) =>
    flat.map((rows) => rows.reduce((sum, row) => sum + (row.counts[name] ?? 0), 0));
  const states = (name: string) => points.map((point) => stateOf(point, name));
  const namesOf = (kind: 'counts' | 'states') =>
    [...new Set(flat.flat().flatMap((row) => Object.keys(row[kind])))].sort();
  return {
    names: { counts: namesOf('counts'), states: namesOf('states') },
    counts,
    countsOfAll: (prefix: string) => sumOf((name) => name.startsWith(prefix)),
    total: (name: string) => counts(name).reduce((sum, count) => sum + count, 0),
    totals: (prefix: string) => {
      const totals = new Map<string, number>();
      for (const row of flat.flat()) {
        for (const [name, count] of Object.entries(row.counts)) {
          if (!name.startsWith(prefix)) continue;
          const rest = name.slice(prefix.length);
          totals.set(rest, (totals.get(rest) ?? 0) + count);
        }
      }
      return totals;
    },
    states,
    last: (name: string) => states(name).findLast((value) => value !== null) ?? null,
  };
}

/** The mean of a node's looks; of all nodes the sum, or the highest where all see the same. */
function stateOf(point: Point, name: string): number | null {
  const ofNodes = [...point.values()].flatMap((rows) => {
    const looks = rows.flatMap(({ states }) => (states[name] ? [states[name]] : []));
    const count = looks.reduce((sum, look) => sum + look[1], 0);
    return count === 0 ? [] : [looks.reduce((sum, look) => sum + look[0], 0) / count];
  });
  if (ofNodes.length === 0) return null;
  return isShared(name) ? Math.max(...ofNodes) : ofNodes.reduce((sum, mean) => sum + mean, 0);
}
