// SQL conditions over lists of UIDs. A statement binds a bounded number of parameters (SQLite 32766), so a
// list is cut; a stretch without gaps is a range, which costs two parameters however long it is.
import { join, sql } from '#lib/db.ts';

type Condition = ReturnType<typeof sql>;

/** Rows that one statement touches at most, so that none stops the event loop for long. */
export const rowsPerStatement = 500;

/** A piece of a list: its UIDs, ascending, and the condition on "uid" that means exactly them. */
export type UidChunk = { uids: number[]; hasGaps: boolean; condition: Condition };

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
    const hasGaps = part.at(-1)! - part[0]! + 1 > part.length;
    chunks.push({ uids: part, hasGaps, condition: conditionOf(part, hasGaps) });
  }
  return chunks;
}

function conditionOf(sorted: number[], hasGaps: boolean): Condition {
  if (hasGaps) return sql`"uid" IN (${join(sorted)})`;
  return sql`"uid" BETWEEN ${sorted[0]} AND ${sorted.at(-1)}`;
}

/**
 * Column of a SELECT from "Message": a new UID for each row of a chunk whose rows are all there, from `firstUid` on
 * and in the same order.
 */
export function renumber({ uids, hasGaps }: UidChunk, firstUid: number): Condition {
  if (hasGaps) return sql`${firstUid - 1} + ROW_NUMBER() OVER (ORDER BY "uid")`;
  return sql`"uid" + ${firstUid - uids[0]!}`;
}
