// The sizes of the messages of INBOXes, by UID: what a login needs that the roll does not have. A message never
// changes its size, so a program that looks in each minute costs no more than what has arrived since.
//
// Invariant: a list never changes once it is here; a thousand sessions of one INBOX hold the same one.
import { db } from '#lib/db.ts';
import { nextTurn } from '#server/store/turn.ts';

/** `uids` ascend; `sizes` stand beside them. */
export type Sizes = { uids: Uint32Array; sizes: Float64Array };

/** A mailbox as long as its UIDs mean the same. */
export type Place = { accountId: string; mailboxId: string; uidValidity: number };

/** Twelve octets each. */
const mostRemembered = 2_000_000;
const rowsPerRead = 2500;
const remembered = new Map<string, Sizes>();
let count = 0;

/** Those of `uids` (ascending) that are still there, with their sizes. */
export async function readSizes(place: Place, uids: Uint32Array): Promise<Sizes> {
  const key = `${place.mailboxId} ${place.uidValidity}`;
  const known = remembered.get(key);
  if (known && isSame(known.uids, uids)) return known;
  const sizes = new Float64Array(uids.length).fill(-1);
  const missing = known ? fillKnown(known, uids, sizes) : [0, uids.length];
  await fillRead(place, uids, sizes, missing[0] ?? 0, missing[1] ?? 0);
  const whole = sizes.includes(-1) ? dropGone(uids, sizes) : { uids, sizes };
  remember(key, whole);
  return whole;
}

function isSame(one: Uint32Array, other: Uint32Array): boolean {
  return (
    one === other || (one.length === other.length && one.every((uid, at) => uid === other[at]))
  );
}

/** Takes over what is known; returns from where to where (not included) something is missing. */
function fillKnown(known: Sizes, uids: Uint32Array, sizes: Float64Array): [number, number] {
  let [first, end] = [uids.length, 0];
  for (let at = 0, from = 0; at < uids.length; at++) {
    const uid = uids[at] ?? 0;
    while ((known.uids[from] ?? Number.POSITIVE_INFINITY) < uid) from++;
    if (known.uids[from] === uid) {
      sizes[at] = known.sizes[from] ?? -1;
      continue;
    }
    first = Math.min(first, at);
    end = at + 1;
  }
  return [first, end];
}

async function fillRead(
  { accountId, mailboxId }: Place,
  uids: Uint32Array,
  sizes: Float64Array,
  first: number,
  end: number,
): Promise<void> {
  let at = first;
  while (at < end) {
    const [from, to] = [uids[at] ?? 0, uids[end - 1] ?? 0];
    const rows = await db.$queryRaw<Record<'uid' | 'sizeBytes', bigint | number>[]>`
      SELECT "uid", "sizeBytes" FROM "Message" WHERE "accountId" = ${accountId}
      AND "mailboxId" = ${mailboxId} AND "uid" BETWEEN ${from} AND ${to}
      ORDER BY "uid" LIMIT ${rowsPerRead}`;
    for (const row of rows) {
      const uid = Number(row.uid);
      while (at < end && (uids[at] ?? 0) < uid) at++;
      if (uids[at] === uid) sizes[at++] = Number(row.sizeBytes);
    }
    if (rows.length < rowsPerRead) return;
    await nextTurn();
  }
}

/** Another session has removed some since the roll was read. */
function dropGone(uids: Uint32Array, sizes: Float64Array): Sizes {
  const isThere = (_: number, at: number) => sizes[at] !== -1;
  return { uids: uids.filter(isThere), sizes: sizes.filter((size) => size !== -1) };
}

/** The longest unused go first. */
function remember(key: string, sizes: Sizes): void {
  count += sizes.uids.length - (remembered.get(key)?.uids.length ?? 0);
  remembered.delete(key);
  remembered.set(key, sizes);
  for (const [other, { uids }] of remembered) {
    if (count <= mostRemembered || other === key) break;
    remembered.delete(other);
    count -= uids.length;
  }
}
