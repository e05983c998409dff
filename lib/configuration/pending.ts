// Risky changes: they go back by themselves unless who made them shows in time that the panel still opens.
import { now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { runFrom } from '#lib/history/origin.ts';
import { listPending, type Revision } from '#lib/history/revision.ts';
import { writeJoined, writePart } from '#lib/joined.ts';
import { logOf } from '#lib/log.ts';
import { poke } from '#lib/poke.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import { undoRevision } from './undo.ts';

const log = logOf('configuration');
const server = 'server';

/** Whether an administrator may confirm the change: who made it, and for one of the command line everybody. */
export function mayKeep(revision: Pick<Revision, 'by' | 'place'>, by: string): boolean {
  return revision.by === by || revision.place === 'command line';
}

/** Confirms the risky changes `may` is true for. Refusal 'not-found' where none waits any more. */
export async function keepChanges(
  by: string,
  may: (revision: Revision) => boolean = (revision) => mayKeep(revision, by),
): Promise<number> {
  const kept = (await listPending()).filter(may);
  const ids = kept.map(({ id }) => id);
  const count = await write(async (tx) => {
    const cleared = await tx.revision.updateMany({
      where: { id: { in: ids }, pendingUntil: { not: null } },
      data: { pendingUntil: null },
    });
    for (const { subject } of kept) await recordChangeIn(tx, by, subject, 'confirmed');
    return cleared.count;
  });
  if (count === 0) throw new Refusal('not-found', 'Nothing waits to be confirmed any more.');
  poke('settings');
  return count;
}

/**
 * Takes back what was not confirmed in time, of each thing all at once: what stood before the first change that nobody has
 * confirmed. Gives when the next is due; null = nothing waits.
 */
export async function takeBackOverdue(): Promise<Date | null> {
  const byThing = Map.groupBy(await listPending(), ({ kind, key }) => `${kind} ${key}`);
  const due: Date[] = [];
  for (const revisions of byThing.values()) {
    const until = revisions.map(({ pendingUntil }) => pendingUntil).reduce(later);
    if (until <= now()) await takeBack(revisions.toSorted((one, other) => other.id - one.id));
    else due.push(until);
  }
  return due.toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null;
}

const later = (one: Date, other: Date) => (one > other ? one : other);

/** Newest first, as far as nobody has changed it since. Another daemon may be about to do the same. */
async function takeBack(revisions: Revision[]): Promise<void> {
  const origin = { place: server, reason: 'Not confirmed in time', isWatched: false };
  const back = await runFrom(origin, () =>
    writeJoined(async () => {
      const done: number[] = [];
      if (!(await claim(revisions))) return done;
      for (const { id } of revisions) {
        const error = await tryPart(() => undoRevision(id, server));
        if (error) {
          log.warn({ err: error, revision: id }, 'a change that nobody confirmed stays');
          break;
        }
        done.push(id);
      }
      return done;
    }),
  );
  if (back.length > 0) log.warn({ revisions: back }, 'a change was not confirmed: taken back');
}

/** The refusal, where there is one. */
async function tryPart(step: () => Promise<unknown>): Promise<Refusal | null> {
  try {
    await writePart(step);
    return null;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

/** Whether they still waited. */
async function claim(revisions: Revision[]): Promise<boolean> {
  const where = { id: { in: revisions.map(({ id }) => id) }, pendingUntil: { not: null } };
  const { count } = await write((tx) =>
    tx.revision.updateMany({ where, data: { pendingUntil: null } }),
  );
  return count > 0;
}
