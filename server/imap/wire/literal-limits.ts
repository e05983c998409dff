// How much a client may put into literals of one command (CVE-2024-34055, CVE-2024-37358: many small
// ones count together). The message literals of APPEND are judged by commands/append.ts instead.
import type { Literal, Segment } from './frame.ts';

export const limitBeforeLoginBytes = 8 * 1024;
export const limitEachBytes = 100 * 1024;
export const limitTogetherBytes = 1024 * 1024;
export const limitCount = 1000;
/** RFC 7888 §5: LITERAL- allows non-synchronizing literals up to here. */
export const literalMinusBytes = 4096;
/** A refused literal that is already on its way is read over up to here, else the connection ends. */
export const discardLimitBytes = 1024 * 1024;

/** Whether a literal may be held in memory, after `segments` of the same command. */
export function mayKeepLiteral(
  literal: Literal,
  segments: readonly Segment[],
  isSignedIn: boolean,
): boolean {
  let keptBytes = 0;
  let count = 0;
  for (const segment of segments) {
    if (segment.kind !== 'literal') continue;
    keptBytes += segment.bytes.length;
    count++;
  }
  if (!isSignedIn) {
    const each = literal.isSynchronizing ? limitBeforeLoginBytes : literalMinusBytes;
    return literal.sizeBytes <= each && keptBytes + literal.sizeBytes <= limitBeforeLoginBytes;
  }
  return (
    count < limitCount &&
    literal.sizeBytes <= limitEachBytes &&
    keptBytes + literal.sizeBytes <= limitTogetherBytes
  );
}
