// The timed job that makes renderings anew: those that another version of lib/mail/facts.ts made, and those of
// bodies that have none. In small pieces with pauses as long as the work, newest bodies first; what a stop or
// the end of a run leaves is found by the next one. A body that cannot be rendered is named once a process.
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { StorageRefusal } from '#lib/storage-failure.ts';
import { dayOf } from '../day.ts';
import { nextTurn } from '../turn.ts';
import { readBlob } from './blobs.ts';
import { findFacts } from './facts-worker.ts';
import { type Rendered, replaceRenderings } from './rendering.ts';

const log = logOf('store');

/** A run ends after this time, so that the other jobs have their turn. */
const runMs = 20_000;
const blobsPerLook = 200;
/** What is held in memory and written at once. */
const blobsPerPiece = 20;
const bytesPerPiece = 1024 * 1024;
/** 32 bits: the column is an Int on PostgreSQL. */
const maxBlobId = 0x7fff_ffff;
/** Bodies looked at in one statement for such without a rendering. */
const scanStretch = 2000;
const maxRemembered = 100_000;

/** Bodies that could not be rendered; not tried again by this process. */
const failed = new Set<number>();
/** Up to which body the scan for missing renderings has come, and the day it was last at the end. */
let scan = { upTo: 0, doneOn: 0 };

type Done = { rendered: number; failed: number; left: number };

/** Renders for a while; returns how many, and how many of another version are left. */
export async function renderInBackground(signal?: AbortSignal): Promise<Done> {
  const done: Done = { rendered: 0, failed: 0, left: 0 };
  const deadline = performance.now() + runMs;
  const isOver = () => signal?.aborted === true || performance.now() > deadline;
  for await (const blobIds of listWork(isOver)) {
    for (const piece of cutPieces(blobIds)) {
      if (isOver()) break;
      const startedAt = performance.now();
      await renderPiece(
        piece.map(({ id }) => id),
        done,
      );
      const tookMs = performance.now() - startedAt;
      await sleep(tookMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
  if (done.rendered > 0) done.left = await countOutdated();
  return done;
}

type Sized = { id: number; sizeBytes: number };
type SizedRow = Record<keyof Sized, bigint | number>;

function toSized({ id, sizeBytes }: SizedRow): Sized {
  return { id: Number(id), sizeBytes: Number(sizeBytes) };
}

/** Bodies that need a rendering, some at a time. */
async function* listWork(isOver: () => boolean): AsyncGenerator<Sized[]> {
  for await (const version of listOtherVersions()) {
    for (let below = maxBlobId; !isOver(); ) {
      const rows = await db.$queryRaw<SizedRow[]>`SELECT "Blob"."id", "Blob"."sizeBytes"
        FROM "Rendering" JOIN "Blob" ON "Blob"."id" = "Rendering"."blobId"
        WHERE "Rendering"."version" = ${version} AND "Rendering"."blobId" < ${below}
        ORDER BY "Rendering"."blobId" DESC LIMIT ${blobsPerLook}`;
      if (rows.length === 0) break;
      yield rows.map(toSized);
      below = Number(rows.at(-1)?.id);
    }
  }
  yield* listMissing(isOver);
}

/** Versions of rows other than ours, each one step along the index. */
async function* listOtherVersions(): AsyncGenerator<number> {
  for (let last = -1; ; ) {
    const rows = await db.$queryRaw<{ version: bigint | number | null }[]>`
      SELECT MIN("version") AS "version" FROM "Rendering" WHERE "version" > ${last}`;
    const version = rows[0]?.version ?? null;
    if (version === null) return;
    last = Number(version);
    if (last !== FACTS_VERSION) yield last;
  }
}

/** Bodies without a rendering or without its text. Once a day: nothing but a mishap makes such. */
async function* listMissing(isOver: () => boolean): AsyncGenerator<Sized[]> {
  const today = dayOf(now());
  if (scan.doneOn === today) return;
  const rows = await db.$queryRaw<
    { last: number | null }[]
  >`SELECT MAX("id") AS "last" FROM "Blob"`;
  const last = Number(rows[0]?.last ?? 0);
  while (scan.upTo < last) {
    if (isOver()) return;
    const [from, to] = [scan.upTo, scan.upTo + scanStretch];
    const missing = await db.$queryRaw<
      SizedRow[]
    >`SELECT "Blob"."id", "Blob"."sizeBytes" FROM "Blob"
      LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Blob"."id"
      LEFT JOIN "RenderingText" ON "RenderingText"."blobId" = "Blob"."id"
      WHERE "Blob"."id" > ${from} AND "Blob"."id" <= ${to}
      AND ("Rendering"."blobId" IS NULL OR "RenderingText"."blobId" IS NULL) ORDER BY "Blob"."id"`;
    if (missing.length > 0) yield missing.map(toSized);
    // A run that was cut short looks at the same stretch again.
    if (isOver()) return;
    scan.upTo = to;
    await nextTurn();
  }
  scan = { upTo: 0, doneOn: today };
}

/** Pieces of bounded number and weight, without what has failed already. */
function* cutPieces(blobs: Sized[]): Generator<Sized[]> {
  let piece: Sized[] = [];
  let bytes = 0;
  for (const blob of blobs) {
    if (failed.has(blob.id)) continue;
    const isFull = piece.length === blobsPerPiece || bytes + blob.sizeBytes > bytesPerPiece;
    if (isFull && piece.length > 0) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(blob);
    bytes += blob.sizeBytes;
  }
  if (piece.length > 0) yield piece;
}

async function renderPiece(blobIds: number[], done: Done): Promise<void> {
  const rendered: Rendered[] = [];
  for (const blobId of blobIds) {
    await attempt(blobId, done, async () => {
      rendered.push({ blobId, facts: await findFacts(await readBlob(blobId)) });
    });
    await nextTurn();
  }
  if (rendered.length === 0) return;
  try {
    await replaceRenderings(rendered);
    done.rendered += rendered.length;
  } catch (error) {
    if (error instanceof StorageRefusal) throw error;
    // One of them cannot be stored: the others shall not wait for it.
    for (const one of rendered) {
      await attempt(one.blobId, done, async () => {
        await replaceRenderings([one]);
        done.rendered++;
      });
    }
  }
}

/** Names a body that fails, once. */
async function attempt(blobId: number, done: Done, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    // Removed since it was listed.
    if (isRefusal(error, 'not-found')) return;
    if (error instanceof StorageRefusal) throw error;
    if (failed.size < maxRemembered) failed.add(blobId);
    done.failed++;
    log.error({ err: error, blobId }, 'a body could not be rendered again');
  }
}

async function countOutdated(): Promise<number> {
  const rows = await db.$queryRaw<{ count: bigint | number }[]>`SELECT COUNT(*) AS "count"
    FROM "Rendering" WHERE "version" < ${FACTS_VERSION} OR "version" > ${FACTS_VERSION}`;
  return Number(rows[0]?.count ?? 0);
}
