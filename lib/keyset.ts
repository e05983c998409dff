// Pages of long lists by the key of a row beside them instead of by a number of rows to skip: page 2,000 costs what page 1
// costs, and rows that come or go meanwhile neither repeat others nor hide them. Rows with equal values stand in the order
// of their ids; rows without a value stand last, whichever the direction.
import { db, empty, join, raw, type Sql, sql } from './db.ts';

export type KeyValue = string | number | Date | null;

export type Order<Row> = {
  column: Sql;
  kind: 'text' | 'number' | 'time';
  valueOf(row: Row): KeyValue;
  /** No two rows have the same. */
  isUnique?: boolean;
  isNullable?: boolean;
};

export type List<Row extends { id: string }> = {
  /** What stands behind FROM */
  from: Sql;
  where: Sql;
  /** Column of the rows' ids */
  id: Sql;
  /** The rows of the ids, in any order; those that are gone are left out. */
  load(ids: string[]): Promise<Row[]>;
};

export type PageAsk = {
  isDescending?: boolean;
  /** `next` of the page before */
  after?: string;
  /** `previous` of the page behind, or "end" for the last rows */
  before?: string;
  pageSize: number;
};

export type Page<Row> = { rows: Row[]; previous: string | null; next: string | null };

/** Value of `before` that stands for the end of the list. */
export const listEnd = 'end';

/** A page of the list. What is no cursor of its order means the beginning. */
export async function readKeyPage<Row extends { id: string }>(
  list: List<Row>,
  order: Order<Row>,
  ask: PageAsk,
): Promise<Page<Row>> {
  const cursor = readCursor(ask.before ?? ask.after, order);
  const isBackward = ask.before === listEnd || (ask.before !== undefined && cursor !== null);
  const isMoved = isBackward || cursor !== null;
  const found = await readIds(list, order, { ...ask, cursor, isBackward });
  const hasMore = found.length > ask.pageSize;
  // Nothing before or behind any more: from the beginning, so that no page is short or empty for that.
  if (isMoved && (found.length === 0 || (isBackward && !hasMore && ask.before !== listEnd))) {
    return readKeyPage(list, order, { ...ask, after: undefined, before: undefined });
  }
  const ids = found.slice(0, ask.pageSize);
  if (isBackward) ids.reverse();
  const rowOf = new Map((await list.load(ids)).map((row) => [row.id, row]));
  const rows = ids.flatMap((id) => rowOf.get(id) ?? []);
  const cursorOf = (row: Row | undefined) => row && writeCursor(order.valueOf(row), row.id);
  const hasPrevious = isBackward ? hasMore : isMoved;
  const hasNext = isBackward ? ask.before !== listEnd : hasMore;
  return {
    rows,
    previous: (hasPrevious && cursorOf(rows[0])) || null,
    next: (hasNext && cursorOf(rows.at(-1))) || null,
  };
}

export type CountedPage<Row> = Page<Row> & {
  total: number;
  /** There are more than `total`. */
  isTotalCut: boolean;
};

/** A page, and how many rows the list has. */
export async function readCountedPage<Row extends { id: string }>(
  list: List<Row>,
  order: Order<Row>,
  ask: PageAsk,
): Promise<CountedPage<Row>> {
  const [page, counted] = await Promise.all([readKeyPage(list, order, ask), countUpTo(list)]);
  return { ...page, ...counted };
}

/** All rows of the list in their order, read in pieces. */
export async function* walkKeys<Row extends { id: string }>(
  list: List<Row>,
  order: Order<Row>,
  { isDescending = false, pageSize = 500 }: Partial<PageAsk> = {},
): AsyncGenerator<Row> {
  let after: string | undefined;
  do {
    const page: Page<Row> = await readKeyPage(list, order, { isDescending, after, pageSize });
    // What stood behind has gone meanwhile, and this is the beginning again.
    if (after && page.previous === null) return;
    yield* page.rows;
    after = page.next ?? undefined;
  } while (after);
}

/** How many rows there are; counting ends behind `most`. */
export async function countUpTo(
  { from, where }: { from: Sql; where: Sql },
  most = 100_000,
): Promise<{ total: number; isTotalCut: boolean }> {
  const [row] = await db.$queryRaw<{ total: bigint | number }[]>`SELECT COUNT(*) AS "total"
    FROM (SELECT 1 FROM ${from} WHERE ${where} LIMIT ${most + 1}) AS counted`;
  const total = Number(row?.total ?? 0);
  return { total: Math.min(total, most), isTotalCut: total > most };
}

type Cursor = { value: KeyValue; id: string };

async function readIds<Row extends { id: string }>(
  { from, where, id }: List<Row>,
  { column, isUnique = false, isNullable = false }: Order<Row>,
  ask: PageAsk & { cursor: Cursor | null; isBackward: boolean },
): Promise<string[]> {
  const { cursor, isBackward, pageSize } = ask;
  const isDown = (ask.isDescending ?? false) !== isBackward;
  const direction = raw(isDown ? 'DESC' : 'ASC');
  const beyond = raw(isDown ? '<' : '>');
  const value = cursor?.value ?? null;
  const read = async (condition: Sql, by: Sql, limit: number) => {
    const rows = await db.$queryRaw<{ id: string }[]>`SELECT ${id} AS "id" FROM ${from}
      WHERE ${where} AND ${condition} ORDER BY ${by} LIMIT ${limit}`;
    return rows.map((row) => row.id);
  };
  const readValued = (limit: number) => {
    const key = isUnique ? sql`(${column})` : sql`(${column}, ${id})`;
    const start = isUnique ? sql`(${value})` : sql`(${value}, ${cursor?.id ?? ''})`;
    const conditions = [value === null ? sql`1 = 1` : sql`${key} ${beyond} ${start}`];
    if (isNullable) conditions.push(sql`${column} IS NOT NULL`);
    const by = sql`${column} ${direction}${isUnique ? empty : sql`, ${id} ${direction}`}`;
    return read(join(conditions, ' AND '), by, limit);
  };
  const readEmpty = (limit: number) => {
    const start = cursor && cursor.value === null ? sql`${id} ${beyond} ${cursor.id}` : sql`1 = 1`;
    return read(sql`${column} IS NULL AND ${start}`, sql`${id} ${direction}`, limit);
  };
  const limit = pageSize + 1;
  if (!isNullable) return readValued(limit);
  const isAmong = cursor === null ? '' : cursor.value === null ? 'empty' : 'valued';
  const [first, second, isPastFirst] = isBackward
    ? [readEmpty, readValued, isAmong === 'valued']
    : [readValued, readEmpty, isAmong === 'empty'];
  const ids = isPastFirst ? [] : await first(limit);
  return ids.length < limit ? [...ids, ...(await second(limit - ids.length))] : ids;
}

function writeCursor(value: KeyValue, id: string): string {
  const written = value instanceof Date ? value.toISOString() : value;
  return Buffer.from(JSON.stringify([written, id])).toString('base64url');
}

/** Comes with the address of a page: anything. */
function readCursor<Row>(
  text: string | undefined,
  { kind, isNullable = false }: Order<Row>,
): Cursor | null {
  if (!text || text === listEnd || text.length > 2000) return null;
  try {
    const [value, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (typeof id !== 'string') return null;
    if (value === null) return isNullable ? { value, id } : null;
    if (kind === 'text') return typeof value === 'string' ? { value, id } : null;
    if (kind === 'number') return Number.isFinite(value) ? { value, id } : null;
    const time = new Date(value);
    return Number.isNaN(time.getTime()) ? null : { value: time, id };
  } catch {
    return null;
  }
}
