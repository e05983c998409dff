// GETMETADATA (RFC 5464 §4.2) with MAXSIZE and DEPTH.
import type { Annotation } from '#server/store/sharing/annotations.ts';
import { formatAnnotations, parseEntries } from '../annotation-entry.ts';
import { findAnnotated, listAnnotations } from '../annotation-holder.ts';
import { Bad } from '../wire/bad.ts';
import type { Cursor } from '../wire/cursor.ts';
import { ok } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

type Options = { maxSizeBytes: number; depth: number };
type Args = { name: string; entries: string[]; options: Options };

const anyDepth = Number.POSITIVE_INFINITY;
const depths: Record<string, number> = { 0: 0, 1: 1, INFINITY: anyDepth };

export const getMetadata = defineCommand<Args>({
  name: 'GETMETADATA',
  states: signedIn,
  parse(cursor) {
    const options: Options = { maxSizeBytes: Number.POSITIVE_INFINITY, depth: 0 };
    cursor.space();
    if (cursor.peek() === '(') {
      parseOptions(cursor, options);
      cursor.space();
    }
    const name = cursor.mailbox();
    cursor.space();
    // The grammar has the options before the mailbox, every example of the RFC behind it.
    if (cursor.tryPattern(/(?=\((?:MAXSIZE|DEPTH) )/iy) !== null) {
      parseOptions(cursor, options);
      cursor.space();
    }
    const entries = parseEntries(cursor);
    cursor.expectEnd();
    return { name, entries, options };
  },
  async *run(session, { name, entries, options }) {
    const annotated = await findAnnotated(session, name);
    const all = await listAnnotations(session, annotated);
    const found = pick(all, entries, options.depth);
    const isShort = ({ value }: { value: Buffer | null }) =>
      (value?.length ?? 0) <= options.maxSizeBytes;
    const told = found.filter(isShort);
    if (told.length > 0) yield formatAnnotations(session, annotated.name, told);
    const tooLong = found.filter((one) => !isShort(one)).map(({ value }) => value?.length ?? 0);
    const code = tooLong.length > 0 ? `METADATA LONGENTRIES ${Math.max(...tooLong)}` : undefined;
    return ok('Getmetadata completed', code);
  },
});

function parseOptions(cursor: Cursor, options: Options): void {
  cursor.list(() => {
    const word = cursor.keyword();
    cursor.space();
    if (word === 'MAXSIZE') options.maxSizeBytes = cursor.number();
    else if (word === 'DEPTH') {
      const depth = depths[cursor.keyword()];
      if (depth === undefined) throw new Bad('DEPTH is 0, 1 or infinity');
      options.depth = depth;
    } else throw new Bad('Unknown GETMETADATA option');
  });
}

/**
 * What was asked for: each entry itself (NIL where there is none and nothing below it was asked for), and what
 * is below it as deep as asked (§4.2.2).
 */
export function pick(
  all: readonly Annotation[],
  entries: readonly string[],
  depth: number,
): { entry: string; value: Buffer | null }[] {
  const found = new Map<string, Buffer | null>();
  for (const asked of entries) {
    if (depth === 0) found.set(asked, null);
    for (const { entry, value } of all) {
      const levels = levelsBelow(entry, asked);
      if (levels !== null && levels <= depth) found.set(entry, value);
    }
  }
  return [...found].map(([entry, value]) => ({ entry, value }));
}

/** 0 for the entry itself, null for one that is not below it. */
function levelsBelow(entry: string, above: string): number | null {
  if (entry === above) return 0;
  return entry.startsWith(`${above}/`) ? entry.slice(above.length).split('/').length - 1 : null;
}
