// The history of the configuration has a length (storage.historyDays).
//
// Invariant: what is left is the end of the history without a gap. A change that waits to be confirmed, and whatever came after
// it, stays; numbers go on where they were (RevisionCounter).
import { fromNow } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { readRevisionNumber } from '#lib/history/revision.ts';
import { readSetting } from '#lib/settings/index.ts';

const dayMs = 24 * 3_600_000;
/** No transaction holds the writer for long. */
const rowsPerDelete = 1000;

/** Removes changes that are older than the setting; 0 keeps all. */
export async function shortenHistory(signal?: AbortSignal): Promise<{ revisions: number }> {
  const days = await readSetting('storage.historyDays');
  if (days === 0) return { revisions: 0 };
  const kept = await db.revision.findFirst({
    where: { OR: [{ at: { gte: fromNow(-days * dayMs) } }, { pendingUntil: { not: null } }] },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  const end = kept?.id ?? (await readRevisionNumber()) + 1;
  for (let revisions = 0; ; ) {
    const rows = await db.revision.findMany({
      where: { id: { lt: end } },
      orderBy: { id: 'asc' },
      take: rowsPerDelete,
      select: { id: true },
    });
    const last = rows.at(-1);
    if (!last || signal?.aborted) return { revisions };
    await write((tx) => tx.revision.deleteMany({ where: { id: { lte: last.id } } }));
    revisions += rows.length;
  }
}
