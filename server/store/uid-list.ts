// Ascending lists of UIDs that many hold at once: the roll of a mailbox and every session that has it
// selected. A list never changes; who needs another one derives it. Whoever derives the same gets the same
// object, so that a thousand idle sessions on a folder of 100,000 messages hold one list and not a thousand.

/** Below this a copy costs less than the bookkeeping. */
const sharedFrom = 256;

export type UidList = Uint32Array;

/**
 * What was last derived of a list: sessions of one mailbox hear the same news, mostly at the same time. Held
 * weakly, since a session that rests on an old list would keep all that came after it.
 */
type Derived = { removed: readonly number[]; added: readonly number[]; list: WeakRef<UidList> };
const derived = new WeakMap<UidList, Derived>();

/** Lists that somebody holds, by length and ends. */
const held = new Map<string, WeakRef<UidList>[]>();
let heldCount = 0;
let sweepAt = 1000;

/** The list as UIDs ascend in `uids`, which nobody may change from then on. */
export function shareUids(uids: UidList): UidList {
  if (uids.length < sharedFrom) return uids;
  const key = `${uids.length} ${uids[0]} ${uids[uids.length >>> 1]} ${uids[uids.length - 1]}`;
  const alike = held.get(key) ?? [];
  for (const reference of alike) {
    const known = reference.deref();
    if (known && isSame(known, uids)) return known;
  }
  held.set(key, [...alike, new WeakRef(uids)]);
  heldCount++;
  if (heldCount > sweepAt) sweep();
  return uids;
}

/** `list` without `removed`, then with `added` behind it; both ascend, `added` lies behind the list's last. */
export function deriveUids(
  list: UidList,
  removed: readonly number[],
  added: readonly number[],
): UidList {
  if (removed.length === 0 && added.length === 0) return list;
  const last = derived.get(list);
  const known = last?.list.deref();
  const isAlike = last?.removed.length === removed.length && startsWith(removed, last.removed);
  // Another one may have heard in two steps what this one hears in one.
  if (known && isAlike && startsWith(added, last.added)) {
    return deriveUids(known, [], added.slice(last.added.length));
  }
  const made = shareUids(makeDerived(list, removed, added));
  if (made.length >= sharedFrom) derived.set(list, { removed, added, list: new WeakRef(made) });
  return made;
}

function makeDerived(list: UidList, removed: readonly number[], added: readonly number[]): UidList {
  const indexes = removed
    .map((uid) => findUid(list, uid))
    .filter((at, n) => list[at] === removed[n]);
  const left = list.length - indexes.length;
  const made = copyWithout(list, indexes, new Uint32Array(left + added.length));
  made.set(added, left);
  return made;
}

/** Copies `from` to the start of `to`, but for the ascending `indexes`; returns `to`. */
export function copyWithout<A extends Uint32Array | Float64Array | Uint8Array>(
  from: A,
  indexes: readonly number[],
  to: A,
): A {
  let start = 0;
  let end = 0;
  for (const index of indexes) {
    to.set(from.subarray(start, index), end);
    end += index - start;
    start = index + 1;
  }
  to.set(from.subarray(start), end);
  return to;
}

/** Index of the first UID that is not below `uid`. */
export function findUid(list: UidList, uid: number): number {
  return findBetween(list, uid, 0, list.length);
}

/** The same, looked for near `from` first: quick for whoever goes through a list. */
export function findUidFrom(list: UidList, uid: number, from: number): number {
  if (from >= list.length || (from > 0 && list[from - 1]! >= uid)) return findUid(list, uid);
  let low = from;
  let step = 1;
  while (low + step < list.length && list[low + step]! < uid) {
    low += step;
    step *= 2;
  }
  return findBetween(list, uid, low, Math.min(low + step, list.length));
}

function findBetween(list: UidList, uid: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! < uid) low = middle + 1;
    else high = middle;
  }
  return low;
}

function startsWith(list: readonly number[], start: readonly number[]): boolean {
  return list.length >= start.length && start.every((value, index) => list[index] === value);
}

function isSame(one: UidList, other: UidList): boolean {
  return toBytes(one).equals(toBytes(other));
}

function toBytes(list: UidList): Buffer {
  return Buffer.from(list.buffer, list.byteOffset, list.byteLength);
}

/** Forgets the places of lists that are gone. */
function sweep(): void {
  heldCount = 0;
  for (const [key, references] of held) {
    const alive = references.filter((reference) => reference.deref() !== undefined);
    if (alive.length === 0) held.delete(key);
    else held.set(key, alive);
    heldCount += alive.length;
  }
  sweepAt = 1000 + 2 * heldCount;
}
