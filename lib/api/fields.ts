// Kinds of fields that many resources have, and pages of many.
import { z } from 'zod';
import { Refusal } from '../errors.ts';

export const time = z.iso.datetime().describe('a time in UTC, such as 2026-11-21T17:15:00.000Z');
/** A time that is given */
export const givenTime = z.iso.datetime({ offset: true }).describe('a time with its offset');
export const id = z.string().min(1).max(64);
export const address = z.string().min(3).max(320);
export const domainName = z.string().min(1).max(253);
export const comment = z.string().max(500);
export const keepsOldAddress = z
  .boolean()
  .default(true)
  .describe('the old address becomes an alias');
export const limitBytes = z.int().min(0).describe('bytes; 0: no limit');
export const limitCount = z.int().min(0).describe('messages; 0: no limit');
export const positions = z.strictObject({ position: z.int().min(1).max(100_000) });

export const mostItems = 200;

/** What a list may be asked for */
export const paging = {
  limit: z.coerce.number().int().min(1).max(mostItems).default(50).describe('items of a page'),
  cursor: z.string().max(2000).optional().describe('"next" of the page before'),
};

/** The answer of a list */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe('the cursor of the next page; null: there is none'),
  });
}

export type Page<Item> = { items: Item[]; next: string | null };
type Asked = { limit: number; cursor?: string };

/**
 * A page of a list that is there as a whole, in the order of its keys: what comes or goes meanwhile neither repeats nor
 * hides others. Refusal 'invalid' for what is no cursor.
 */
export function cutPage<Item>(
  all: Item[],
  keyOf: (item: Item) => string,
  asked: Asked,
): Page<Item> {
  const after = asked.cursor === undefined ? null : readCursor(asked.cursor);
  const sorted = all
    .map((item) => ({ key: keyOf(item), item }))
    .filter(({ key }) => after === null || key > after)
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  const cut = sorted.slice(0, asked.limit);
  const next = sorted.length > asked.limit ? writeCursor(cut.at(-1)?.key ?? '') : null;
  return { items: cut.map(({ item }) => item), next };
}

export function writeCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

export function readCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (key !== '' && writeCursor(key) === cursor) return key;
  throw new Refusal('invalid', 'This is no cursor of this list.', 'cursor');
}

/** A cursor of lib/keyset.ts, where one is given: that takes what is none for the beginning. Refusal 'invalid'. */
export function requireKeyCursor(cursor: string | undefined): string | undefined {
  if (cursor !== undefined && !readCursor(cursor).startsWith('[')) {
    throw new Refusal('invalid', 'This is no cursor of this list.', 'cursor');
  }
  return cursor;
}

/** All of a short list, in its own order. */
export function wholeList<Item>(items: Item[]): Page<Item> {
  return { items, next: null };
}
