// Bodies of a backup on their way into the store, for rows that point to them: durable before the rows, and
// only where the store does not have them.
import { now } from '#lib/clock.ts';
import { cutRows, db, join, sql, type Tx, write } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { insertBlobs, type StagedBody, stageBytes } from '#server/store/bodies/blobs.ts';
import type { Objects } from './objects.ts';

const attempts = 3;

type Numbered = { id: number; hash: string };

/** The store dropped a body between the look and the step. */
class BodyGone extends Error {}

/**
 * Runs `step` in a write with the numbers of those bodies, by hash. Refusal 'unavailable' or 'not-found' where the
 * backup has lost one.
 */
export async function writeWithBodies<T>(
  bodies: Objects,
  hashes: string[],
  step: (tx: Tx, numbers: Map<string, number>) => Promise<T>,
): Promise<T> {
  const wanted = [...new Set(hashes)].sort();
  for (let attempt = 1; ; attempt++) {
    const staged = await stageMissing(bodies, wanted).catch((error) => {
      throw explainDamage(error);
    });
    try {
      return await write(async (tx) => step(tx, await numberBodies(tx, wanted, staged)));
    } catch (error) {
      if (!(error instanceof BodyGone) || attempt === attempts) throw error;
    }
  }
}

/** What a person can do about a damaged object; other errors as they are. */
export function explainDamage(error: unknown): unknown {
  if (!isRefusal(error, 'unavailable') && !isRefusal(error, 'not-found')) return error;
  return new Refusal(
    'unavailable',
    `${error.message} Restore another snapshot, or add --skip-damaged to bring back all the rest.`,
  );
}

/** Those of the hashes whose body the backup cannot give, because it is missing or damaged there. */
export async function findUnreadable(bodies: Objects, hashes: string[]): Promise<Set<string>> {
  const unreadable = new Set<string>();
  for (const hash of new Set(hashes)) {
    try {
      await bodies.read(hash);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      unreadable.add(hash);
    }
  }
  return unreadable;
}

async function stageMissing(bodies: Objects, hashes: string[]): Promise<StagedBody[]> {
  const known = new Set<string>();
  for (const part of cutRows(hashes.map((hash) => sql`${hash}`))) {
    const rows = await db.$queryRaw<{ hash: string }[]>`SELECT "hash" FROM "Blob"
      WHERE "hash" IN (${join(part)})`;
    for (const { hash } of rows) known.add(hash);
  }
  const staged: StagedBody[] = [];
  for (const hash of hashes) {
    if (!known.has(hash)) staged.push(await stageBytes(await bodies.read(hash)));
  }
  return staged;
}

async function numberBodies(
  tx: Tx,
  hashes: string[],
  staged: StagedBody[],
): Promise<Map<string, number>> {
  const numbers = new Map<string, number>();
  if (staged.length > 0) {
    for (const [hash, id] of await insertBlobs(tx, staged)) numbers.set(hash, id);
  }
  const others = hashes.filter((hash) => !numbers.has(hash));
  for (const part of cutRows(others.map((hash) => sql`${hash}`))) {
    // Their time is renewed, so that whoever removes orphans sees that they are wanted.
    const rows = await tx.$queryRaw<Numbered[]>`UPDATE "Blob" SET "createdAt" = ${now()}
      WHERE "hash" IN (${join(part)}) RETURNING "id", "hash"`;
    for (const { id, hash } of rows) numbers.set(hash, Number(id));
  }
  if (numbers.size < hashes.length) throw new BodyGone();
  return numbers;
}
