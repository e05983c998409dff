// Several functions that each write for themselves, as one transaction: all of it or nothing. What they tell others
// (pokes, the trail) waits for the commit. For what people do, not for mail: the writer is held until `step` ends.
import { uptimeMs } from './clock.ts';
import { findOpen, isOverTime, type Open, OverTime, runWith } from './context.ts';
import { type Tx, write } from './db.ts';

/**
 * Runs `step`: every write() in it joins one transaction, and every read by `db` sees what it has written. A step must
 * not wait for anything but the database, and may run again. After `mostMs` it writes nothing more: OverTime.
 */
export async function writeJoined<T>(
  step: () => Promise<T>,
  mostMs = Number.POSITIVE_INFINITY,
): Promise<T> {
  if (findOpen()) return step();
  let later: Open['later'] = [];
  const result = await write(async (tx) => {
    const open: Open = { tx, isOpen: true, later: [], endsAtMs: uptimeMs() + mostMs };
    later = open.later;
    try {
      return await runWith({ open }, step);
    } finally {
      open.isOpen = false;
    }
  });
  for (const tell of later) tell();
  return result;
}

/** Runs `step` like writeJoined and takes everything back: what it returns is what would be. */
export async function rehearse<T>(step: () => Promise<T>, mostMs?: number): Promise<T> {
  let done: { result: T } | null = null;
  const over = new Error('a rehearsal ends');
  try {
    await writeJoined(async () => {
      done = { result: await step() };
      throw over;
    }, mostMs);
  } catch (error) {
    if (error !== over || !done) throw error;
  }
  return (done as unknown as { result: T }).result;
}

/** Inside writeJoined: runs `step`, and where it throws leaves no trace of it alone. */
export async function writePart<T>(step: () => Promise<T>): Promise<T> {
  const open = findOpen();
  if (!open) throw new Error('a part of no transaction');
  if (isOverTime(open)) throw new OverTime();
  const tx = open.tx as Tx;
  const told = open.later.length;
  await tx.$executeRaw`SAVEPOINT part`;
  try {
    const result = await step();
    await tx.$executeRaw`RELEASE SAVEPOINT part`;
    return result;
  } catch (error) {
    open.later.length = told;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT part`;
    await tx.$executeRaw`RELEASE SAVEPOINT part`;
    throw error;
  }
}
