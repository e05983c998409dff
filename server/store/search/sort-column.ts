// What a mailbox is sorted by, in memory: the values of one key by UID, and their order. No value of a message
// ever changes, so a later SORT reads only those of the messages that came since. Bounded in bytes, one cache a
// process, never the truth: which messages there are is the roll's affair.
import { countDatabasesOpened } from '#lib/db.ts';
import { sortSteps } from '#lib/mail/steps.ts';
import { nextTurn, runInTurns, startLoop } from '../turn.ts';
import { findUidFrom, type UidList } from '../uid-list.ts';

const maxBytes = 32 * 1024 * 1024;
const pauseEvery = 4096;

export type SortValue = string | number;

export type SortColumn = {
  uids: UidList;
  /** In the order of `uids`. */
  values: readonly SortValue[];
  /** Indexes, by value and then by UID. */
  order: Uint32Array;
};

type Kept = { column: SortColumn; uidValidity: number; database: number; bytes: number };

const kept = new Map<string, Kept>();
let totalBytes = 0;

/** Reads values of some UIDs; those that are gone meanwhile are left out. */
export type ReadValues = (uids: number[]) => Promise<Map<number, SortValue>>;

export function compareValues(one: SortValue, other: SortValue): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Whether the column of `name` is in memory and knows most of `uids`. */
export function knowsColumn(name: string, uidValidity: number, uids: UidList): boolean {
  const known = recall(name, uidValidity);
  return known !== null && 2 * known.uids.length >= uids.length;
}

/**
 * The column for exactly `uids`; what is not known of it is read. `name` says mailbox and key; `absent` is the
 * value of a message that went meanwhile.
 */
export async function readColumn(
  name: string,
  { uidValidity, uids, absent }: { uidValidity: number; uids: UidList; absent: SortValue },
  read: ReadValues,
  signal?: AbortSignal,
): Promise<SortColumn> {
  const database = countDatabasesOpened();
  const known = recall(name, uidValidity);
  if (known?.uids === uids) return known;
  const from = known ?? { uids: new Uint32Array(0), values: [], order: new Uint32Array(0) };
  const { places, missing } = await matchUids(from.uids, uids);
  const added = missing.length > 0 ? await read(missing.map((index) => uids[index]!)) : null;
  const values: SortValue[] = new Array(uids.length);
  for (let old = 0; old < places.length; old++) {
    if (places[old]! >= 0) values[places[old]!] = from.values[old]!;
  }
  for (const index of missing) values[index] = added?.get(uids[index]!) ?? absent;
  const compare = (one: number, other: number) =>
    compareValues(values[one]!, values[other]!) || one - other;
  const fresh = await runInTurns(sortSteps(missing, compare), signal);
  const column = {
    uids,
    values,
    order: await merge(keepOrder(from.order, places), fresh, compare),
  };
  await nextTurn();
  remember(name, { column, uidValidity, database, bytes: weigh(column) });
  return column;
}

/** The indexes that are left of an order, as they are now. */
function keepOrder(order: Uint32Array, places: Int32Array): Int32Array {
  const left = new Int32Array(order.length);
  let size = 0;
  for (let at = 0; at < order.length; at++) {
    const place = places[order[at]!]!;
    if (place >= 0) left[size++] = place;
  }
  return left.subarray(0, size);
}

/** Where each of `from` stands in `to`, or -1; and the indexes in `to` of those that `from` has not. */
async function matchUids(
  from: UidList,
  to: UidList,
): Promise<{ places: Int32Array; missing: number[] }> {
  const places = new Int32Array(from.length).fill(-1);
  const missing: number[] = [];
  const loop = startLoop();
  let old = 0;
  for (let index = 0; index < to.length; index++) {
    while (old < from.length && from[old]! < to[index]!) old++;
    if (old < from.length && from[old] === to[index]) places[old++] = index;
    else missing.push(index);
    if (index % pauseEvery === 0) await loop.pause();
  }
  return { places, missing };
}

/** Both ascend by `compare`. */
async function merge(
  some: Int32Array,
  others: readonly number[],
  compare: (one: number, other: number) => number,
): Promise<Uint32Array> {
  const order = new Uint32Array(some.length + others.length);
  const loop = startLoop();
  let next = 0;
  let at = 0;
  for (let end = 0; end < order.length; end++) {
    const isOther =
      at >= some.length || (next < others.length && compare(others[next]!, some[at]!) < 0);
    order[end] = isOther ? others[next++]! : some[at++]!;
    if (end % pauseEvery === 0) await loop.pause();
  }
  return order;
}

/**
 * Those of `asked` (ascending) in the order of the column; equal ones by UID, also in reverse (RFC 5256 §3).
 */
export async function listInOrder(
  { uids, values, order }: SortColumn,
  asked: readonly number[],
  isReverse: boolean,
): Promise<number[]> {
  const isAsked = new Uint8Array(uids.length);
  const loop = startLoop();
  let place = -1;
  for (let index = 0; index < asked.length; index++) {
    place = findUidFrom(uids, asked[index]!, place + 1);
    if (uids[place] === asked[index]) isAsked[place] = 1;
    if (index % pauseEvery === 0) await loop.pause();
  }
  const list: number[] = [];
  const add = (index: number) => {
    if (isAsked[index] === 1) list.push(uids[index]!);
  };
  if (!isReverse) {
    for (let at = 0; at < order.length; at++) {
      add(order[at]!);
      if (at % pauseEvery === 0) await loop.pause();
    }
    return list;
  }
  for (let last = order.length; last > 0; ) {
    let first = last - 1;
    while (first > 0 && values[order[first - 1]!] === values[order[last - 1]!]) first--;
    for (let at = first; at < last; at++) add(order[at]!);
    last = first;
    if (last % 64 === 0) await loop.pause();
  }
  return list;
}

function recall(name: string, uidValidity: number): SortColumn | null {
  const found = kept.get(name);
  if (!found) return null;
  kept.delete(name);
  if (found.uidValidity !== uidValidity || found.database !== countDatabasesOpened()) {
    totalBytes -= found.bytes;
    return null;
  }
  kept.set(name, found);
  return found.column;
}

function remember(name: string, added: Kept): void {
  totalBytes -= kept.get(name)?.bytes ?? 0;
  kept.delete(name);
  if (added.bytes > maxBytes) return;
  kept.set(name, added);
  totalBytes += added.bytes;
  for (const [oldest, { bytes }] of kept) {
    if (totalBytes <= maxBytes) return;
    kept.delete(oldest);
    totalBytes -= bytes;
  }
}

/** About what it holds; the list of UIDs is the roll's. */
function weigh({ values }: SortColumn): number {
  let bytes = 500;
  for (const value of values) bytes += 12 + (typeof value === 'string' ? 16 + value.length : 8);
  return bytes;
}
