// Every change of the configuration is a row with a number: what stood before and after, who, when, from where and why,
// in the transaction of the change. A room joins with one `Recorded` and revise() in the place of write().
import { createHash } from 'node:crypto';
import { fromNow, now } from '../clock.ts';
import { db, type Tx, write } from '../db.ts';
import { writeJoined } from '../joined.ts';
import { poke } from '../poke.ts';
import { type Fields, type HiddenFields, hideFields } from './hidden.ts';
import { readOrigin, runFrom } from './origin.ts';

export type { Fields } from './hidden.ts';

/** A kind of thing whose changes are kept. */
export type Recorded = {
  /** "network" */
  kind: string;
  /** What stands at `key` now; null = nothing. Secrets only through maskSecret(), or `hidden`. */
  read(tx: Tx, key: string): Promise<Fields | null>;
  /** "network 10.0.0.0/8" */
  describe(key: string, fields: Fields): string;
  /** Fields of which people see a part; whole they are kept sealed. */
  hidden?: HiddenFields;
  /** Whether a change there could lock administrators out. */
  isRisky?(key: string): boolean;
};

/** How long a risky change waits to be confirmed; tests do not wait that long. */
export const confirmWithinMs = Number(process.env.DREY_TEST_CONFIRM_MS) || 60_000;

const maxReasonLength = 500;

/** Runs `step` like write(), and keeps what it changes at `key`, or at each of several. */
export async function revise<T>(
  by: string,
  recorded: Recorded,
  key: string | string[],
  step: (tx: Tx) => Promise<T>,
): Promise<T> {
  const result = await write((tx) => reviseIn(tx, by, recorded, key, () => step(tx)));
  poke('settings');
  return result;
}

/** The same inside a transaction of the caller. */
export async function reviseIn<T>(
  tx: Tx,
  by: string,
  recorded: Recorded,
  key: string | string[],
  step: () => Promise<T>,
): Promise<T> {
  if (readOrigin().isPart) return step();
  await lockHistory(tx);
  const places: { one: string; before: Fields | null }[] = [];
  for (const one of [key].flat()) places.push({ one, before: await recorded.read(tx, one) });
  const result = await step();
  for (const { one, before } of places) {
    const after = await recorded.read(tx, one);
    if (!isSame(before, after)) await insertRevision(tx, by, recorded, one, before, after);
  }
  return result;
}

/**
 * Keeps what `run` does to one thing, in several writes, as one change. `key`: where it stands; null = it is added.
 * `run` gives its key.
 */
export async function reviseOnce(
  by: string,
  recorded: Recorded,
  key: string | null,
  run: () => Promise<string>,
): Promise<string> {
  const found = await writeJoined(async () => {
    await write(lockHistory);
    const before = key === null ? null : await recorded.read(db, key);
    const there = await runFrom({ isPart: true }, run);
    const after = await recorded.read(db, there);
    if (isSame(before, after)) return there;
    await write((tx) => insertRevision(tx, by, recorded, there, before, after));
    return there;
  });
  poke('settings');
  return found;
}

async function insertRevision(
  tx: Tx,
  by: string,
  recorded: Recorded,
  key: string,
  before: Fields | null,
  after: Fields | null,
): Promise<void> {
  const { place, reason, groupId, undoes, isWatched } = readOrigin();
  const subject = recorded.describe(key, after ?? before ?? {}).slice(0, 500);
  const [old, made] = hideFields(recorded.hidden, [before, after]).map(
    (fields) => fields && JSON.stringify(fields),
  );
  const why = reason.replace(/\p{Cc}+/gu, ' ').slice(0, maxReasonLength);
  const isPending = isWatched && recorded.isRisky?.(key);
  const pendingUntil = isPending ? fromNow(confirmWithinMs) : null;
  // Past Prisma's client: imports of users make thousands.
  await tx.$executeRaw`INSERT INTO "Revision" ("id", "at", "by", "place", "kind", "key", "subject",
      "before", "after", "reason", "groupId", "undoes", "pendingUntil")
    VALUES (${await takeNumber(tx)}, ${now()}, ${by}, ${place}, ${recorded.kind}, ${key}, ${subject},
      ${old}, ${made}, ${why}, ${groupId}, ${undoes}, ${pendingUntil})`;
}

/**
 * Lets one change come after the other, until the commit: what stood before is what the last one made, and numbers are seen
 * in their order.
 */
export async function lockHistory(tx: Tx): Promise<void> {
  await tx.$executeRaw`INSERT INTO "RevisionCounter" ("id", "revision") VALUES ('configuration', 0)
    ON CONFLICT ("id") DO UPDATE SET "revision" = "RevisionCounter"."revision"`;
}

async function takeNumber(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ revision: number }[]>`
    UPDATE "RevisionCounter" SET "revision" = "revision" + 1 WHERE "id" = 'configuration'
    RETURNING "revision"`;
  return Number(row?.revision);
}

/** Whether the same stands there; the order of fields says nothing. */
export function isSame(one: Fields | null, other: Fields | null): boolean {
  return JSON.stringify(sortFields(one)) === JSON.stringify(sortFields(other));
}

function sortFields(fields: Fields | null): unknown {
  return fields && Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** What the history keeps of a sealed secret: only whether it is another one. */
export function maskSecret(sealed: string): string {
  if (sealed === '') return '';
  return `secret ${createHash('sha256').update(sealed).digest('hex').slice(0, 8)}`;
}

/** Whether a kept value is the mark of a secret. */
export function isMasked(value: unknown): boolean {
  return typeof value === 'string' && /^secret [0-9a-f]{8}$/.test(value);
}
