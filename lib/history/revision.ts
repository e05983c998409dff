// Reading the history of the configuration.
import { now } from '../clock.ts';
import { db } from '../db.ts';
import { containsText } from '../dialect/index.ts';
import { Refusal } from '../errors.ts';
import { showSides } from './hidden.ts';
import type { Fields } from './revise.ts';

export type Revision = {
  id: number;
  at: Date;
  by: string;
  place: string;
  kind: string;
  key: string;
  /** "network 10.0.0.0/8" */
  subject: string;
  /** null = it was not there */
  before: Fields | null;
  after: Fields | null;
  reason: string;
  groupId: string;
  /** The revision that this one takes back */
  undoes: number | null;
  /** Goes back by itself unless it is confirmed before */
  pendingUntil: Date | null;
};

export type ListedRevision = Revision & {
  /** The revision that has taken this one back */
  undoneBy: number | null;
  /** How many changes were made together with it, itself among them */
  groupSize: number;
};

export type RevisionFilter = {
  /** In the name of who changed it or the place */
  by?: string;
  /** In the subject, the reason or what stood there */
  search?: string;
  kind?: string;
  /** Of those made together */
  groupId?: string;
  /** Not before, and before */
  from?: Date;
  until?: Date;
  /** Numbers below this one (paging) */
  before?: number;
  pageSize?: number;
};

/** Prisma asks for what belongs to the rows with a parameter each, and SQLite takes no more than 999. */
const mostRows = 500;

type Row = Awaited<ReturnType<typeof db.revision.findMany>>[number];

const read = (text: string | null) => (text === null ? null : (JSON.parse(text) as Fields));

function toRevision(row: Row): Revision {
  const [before = null, after = null] = showSides(read(row.before), read(row.after));
  return { ...row, before, after };
}

/** Changes, the newest first. */
export async function listRevisions(filter: RevisionFilter = {}): Promise<ListedRevision[]> {
  const among = (columns: string[], text: string | undefined) => {
    const words = text?.trim().toLowerCase();
    return words ? { OR: columns.map((column) => ({ [column]: containsText(words) })) } : {};
  };
  const rows = await db.revision.findMany({
    where: {
      AND: [
        among(['by', 'place'], filter.by),
        among(['subject', 'reason', 'before', 'after'], filter.search),
        filter.kind ? { kind: filter.kind } : {},
        filter.groupId ? { groupId: filter.groupId } : {},
        filter.from ? { at: { gte: filter.from } } : {},
        filter.until ? { at: { lt: filter.until } } : {},
        filter.before ? { id: { lt: filter.before } } : {},
      ],
    },
    orderBy: { id: 'desc' },
    take: Math.min(filter.pageSize ?? 50, mostRows),
  });
  const undoing = await db.revision.findMany({
    where: { undoes: { in: rows.map(({ id }) => id) } },
    select: { id: true, undoes: true },
    orderBy: { id: 'asc' },
  });
  const undone = new Map(undoing.map(({ id, undoes }) => [undoes, id]));
  const sizes = await countGroups(rows);
  return rows.map((row) => ({
    ...toRevision(row),
    undoneBy: undone.get(row.id) ?? null,
    groupSize: sizes.get(row.groupId) ?? 1,
  }));
}

/** How many changes each group of these has, by its id. */
async function countGroups(rows: Row[]): Promise<Map<string, number>> {
  const groupId = { in: [...new Set(rows.map((row) => row.groupId))] };
  const groups = await db.revision.groupBy({
    by: ['groupId'],
    where: { groupId },
    _count: { _all: true },
  });
  return new Map(groups.map(({ groupId, _count }) => [groupId, _count._all]));
}

/** The revision of that number. Refusal 'not-found'. */
export async function requireRevision(id: number): Promise<Revision> {
  return toRevision(await requireRow(id));
}

/** The same as it is stored, with what people do not see sealed (hidden.ts). Refusal 'not-found'. */
export async function requireStored(id: number): Promise<Revision> {
  const row = await requireRow(id);
  return { ...row, before: read(row.before), after: read(row.after) };
}

async function requireRow(id: number): Promise<Row> {
  const row = await db.revision.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', `There is no revision ${id}.`);
  return row;
}

/** The number of the last change; 0 = there was none. */
export async function readRevisionNumber(): Promise<number> {
  const [row] = await db.$queryRaw<{ revision: number }[]>`
    SELECT "revision" FROM "RevisionCounter" WHERE "id" = 'configuration'`;
  return Number(row?.revision ?? 0);
}

/** Risky changes that wait to be confirmed, those first whose time is over first. */
export async function listPending(): Promise<(Revision & { pendingUntil: Date })[]> {
  const rows = await db.revision.findMany({
    where: { pendingUntil: { not: null } },
    orderBy: [{ pendingUntil: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => ({ ...toRevision(row), pendingUntil: row.pendingUntil ?? now() }));
}

/** All that the filter finds, newest first, read page by page. */
export async function* walkRevisions(filter: RevisionFilter): AsyncGenerator<ListedRevision> {
  for (let before = filter.before; ; ) {
    const page = await listRevisions({ ...filter, before, pageSize: mostRows });
    yield* page;
    if (page.length < mostRows) return;
    before = page.at(-1)?.id;
  }
}
