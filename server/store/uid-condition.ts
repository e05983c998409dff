// SQL conditions over lists of UIDs. A statement binds a bounded number of parameters (SQLite 32766), so a
// list is cut; a stretch without gaps is a range, which costs two parameters however long it is.
import { join, sql } from '#lib/db.ts';

type Condition = ReturnType<typeof sql>;

/** Rows that one statement touches at most, so that none stops the event loop for long. */
export const rowsPerStatement = 500;

/** One stretch of a list: its UIDs, ascending, and the condition on "uid" that means exactly them. */
export type UidChunk = { uids: number[]; condition: Condition };

/** Sorts, drops repetitions and what cannot be a UID. */
export function sortUids(uids: Iterable<number>): number[] {
  const given = [...uids];
  if (isSorted(given)) return given;
  const list = [...new Set(given)].filter((uid) => Number.isInteger(uid) && uid > 0);
  return list.sort((a, b) => a - b);
}

function isSorted(uids: readonly number[]): boolean {
  return uids.every((uid, at) => Number.isInteger(uid) && uid > (at === 0 ? 0 : uids[at - 1]!));
}

/** Cuts a list of UIDs into pieces of at most `size`. */
export function chunkUids(uids: Iterable<number>, size = rowsPerStatement): UidChunk[] {
  const sorted = sortUids(uids);
  const chunks: UidChunk[] = [];
  for (let start = 0; start < sorted.length; start += size) {
    const part = sorted.slice(start, start + size);
    chunks.push({ uids: part, condition: conditionOf(part) });
  }
  return chunks;
}

function conditionOf(sorted: number[]): Condition {
  const first = sorted[0] ?? 0;
  const last = sorted[sorted.length - 1] ?? 0;
  if (last - first + 1 === sorted.length) return sql`"uid" BETWEEN ${first} AND ${last}`;
  return sql`"uid" IN (${join(sorted)})`;
}
