// partial-range (RFC 9394 §4): a page of a result, counted from its first message or, with "-", from its last.
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';

export type PartialRange = {
  /** As written; an answer repeats it. */
  text: string;
  /** Places, counted from 1, the lower one first. */
  first: number;
  last: number;
  isFromEnd: boolean;
};

const pattern = /(?:[1-9]\d{0,9}:[1-9]\d{0,9}|-[1-9]\d{0,9}:-[1-9]\d{0,9})(?!\d)/y;

/** nz-number ":" nz-number, or both with "-". */
export function parsePartialRange(cursor: Cursor): PartialRange {
  const text = cursor.tryPattern(pattern);
  if (text === null) throw new Bad('Expected a range like 1:100 or -1:-100');
  const [one, other] = text.split(':').map((edge) => Math.abs(Number(edge))) as [number, number];
  if (Math.max(one, other) > 0xffff_ffff) throw new Bad('The number is too large');
  return {
    text,
    first: Math.min(one, other),
    last: Math.max(one, other),
    isFromEnd: text.startsWith('-'),
  };
}

/** The page of `list`, in its order; empty where the list does not reach so far. */
export function cutPage<T>(list: readonly T[], { first, last, isFromEnd }: PartialRange): T[] {
  if (!isFromEnd) return list.slice(first - 1, last);
  return list.slice(Math.max(0, list.length - last), Math.max(0, list.length - first + 1));
}
