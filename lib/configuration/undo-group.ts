// Taking back what was changed together (one file, one batch, one form): all that is asked for or nothing, newest first, in one
// transaction. The preview does the same and takes it back, so it knows what each room would refuse.
import { OverTime } from '#lib/context.ts';
import { isUniqueViolation, write } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { runFrom } from '#lib/history/origin.ts';
import { lockHistory } from '#lib/history/revise.ts';
import {
  type ListedRevision,
  listRevisions,
  requireRevision,
  walkRevisions,
} from '#lib/history/revision.ts';
import { rehearse, writeJoined, writePart } from '#lib/joined.ts';
import { prepareUndo, undoRevision } from './undo.ts';

/** What becomes of one change of a group. */
export type GroupPart = {
  id: number;
  /** "network 10.0.0.0/8" */
  subject: string;
  /** Why it stays; null = it is taken back */
  refusal: string | null;
  /** Where it went, or what of it does not come back; empty = nothing */
  note: string;
};

/** The writer is held for a few milliseconds a change. */
export const mostTogether = 500;

/** Before a transaction with undoGroup(): prepareUndo() of what it takes back. */
export async function prepareGroup(id: number, ids?: number[]): Promise<void> {
  const revisions = (await listGroup(id)).filter(({ undoneBy }) => undoneBy === null);
  await prepareUndo(ids ?? revisions.map((revision) => revision.id));
}

/**
 * What would become of each change that was made together with revision `id`, newest first. Refusal 'not-found', 'limit', also
 * where that takes longer than `mostMs`.
 */
export async function previewGroup(id: number, by: string, mostMs?: number): Promise<GroupPart[]> {
  try {
    return await rehearse(() => takeBack(id, by), mostMs);
  } catch (error) {
    if (!(error instanceof OverTime)) throw error;
    throw new Refusal(
      'limit',
      'So many changes are tried by who may take them back alone, because mail waits meanwhile.',
    );
  }
}

/**
 * Takes back what was made together with revision `id`: all of it, or of `ids` all. Gives what became of each, newest first.
 * Refusal 'not-found', 'limit'; 'conflict' where something wanted cannot be taken back: then nothing is.
 */
export async function undoGroup(id: number, by: string, ids?: number[]): Promise<GroupPart[]> {
  return runFrom({}, () =>
    writeJoined(async () => {
      const parts = await takeBack(id, by, ids);
      const staying = parts.filter(
        ({ id, refusal }) => refusal !== null && (ids === undefined || ids.includes(id)),
      );
      if (staying.length > 0) throw refuseGroup(staying, parts.length);
      return parts;
    }),
  );
}

/** The numbers of the changes that a preview says can be taken back. */
export function listPossible(parts: GroupPart[]): number[] {
  return parts.flatMap(({ id, refusal }) => (refusal === null ? [id] : []));
}

async function takeBack(id: number, by: string, ids?: number[]): Promise<GroupPart[]> {
  await write(lockHistory);
  const revisions = await listGroup(id);
  if (ids?.some((one) => !revisions.some((revision) => revision.id === one))) {
    throw new Refusal('not-found', 'Not all of these were changed together.');
  }
  const parts: GroupPart[] = [];
  for (const revision of revisions) parts.push(await takeOneBack(revision, by, ids));
  return parts;
}

async function listGroup(id: number): Promise<ListedRevision[]> {
  const { groupId } = await requireRevision(id);
  const [newest] = await listRevisions({ groupId, pageSize: 1 });
  const size = newest?.groupSize ?? 0;
  if (size > mostTogether) {
    throw new Refusal(
      'limit',
      `At most ${mostTogether} changes are taken back at once, and these are ${size}: apply a file that says how it shall be.`,
    );
  }
  return Array.fromAsync(walkRevisions({ groupId }));
}

async function takeOneBack(
  { id, subject, undoneBy }: ListedRevision,
  by: string,
  ids: number[] | undefined,
): Promise<GroupPart> {
  const stays = (refusal: string) => ({ id, subject, refusal, note: '' });
  if (undoneBy !== null) return stays(`It was taken back already, by revision ${undoneBy}.`);
  if (ids && !ids.includes(id)) return stays('It was left out.');
  try {
    return { id, subject, refusal: null, note: await writePart(() => undoRevision(id, by)) };
  } catch (error) {
    if (isUniqueViolation(error)) return stays('What stood there is here already.');
    if (isRefusal(error)) return stays(error.message);
    throw error;
  }
}

function refuseGroup(staying: GroupPart[], size: number): Refusal {
  const shown = staying
    .slice(0, 5)
    .map(({ id, subject, refusal }) => `${id} ${subject}: ${refusal}`);
  const more = staying.length > shown.length ? [`and ${staying.length - shown.length} more`] : [];
  const head = `${staying.length} of ${size} changes cannot be taken back, so none was:`;
  return new Refusal('conflict', [head, ...shown, ...more].join('\n'));
}
