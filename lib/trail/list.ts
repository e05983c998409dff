// Reading the event trail: "where is my mail?"
import { db } from '../db.ts';
import { containsText } from '../dialect/index.ts';
import type { EventKind } from './record.ts';

export type TrailEvent = {
  id: string;
  at: Date;
  traceId: string;
  kind: EventKind;
  accountId: string | null;
  sender: string;
  recipient: string;
  remote: string;
  reason: string;
  text: string;
  /** Message-ID without brackets; of arrivals */
  messageId: string;
  detail: Record<string, unknown>;
};

export type TrailFilter = {
  /** In sender, recipient, remote, reason or text; or a Message-ID or queue id: then all of its events */
  search?: string;
  /** Named reason of a refusal, or code of the other side */
  reason?: string;
  /** Not before, and before */
  from?: Date;
  until?: Date;
  kind?: string;
  traceId?: string;
  accountId?: string;
  /** Names: only what concerns addresses of these domains, and what was changed of them */
  domains?: string[];
  /** Only events older than this one (paging) */
  before?: { at: Date; id: string };
  pageSize?: number;
};

/** Events, newest first. */
export async function listEvents(filter: TrailFilter = {}): Promise<TrailEvent[]> {
  const search = filter.search?.trim().toLowerCase();
  const columns = ['sender', 'recipient', 'remote', 'reason', 'text'] as const;
  const traceIds = search ? await findTraces(filter.search ?? '') : [];
  const rows = await db.trailEvent.findMany({
    where: {
      ...(filter.kind ? { kind: filter.kind } : {}),
      ...(filter.traceId ? { traceId: filter.traceId } : {}),
      ...(filter.accountId ? { accountId: filter.accountId } : {}),
      AND: [
        search
          ? {
              OR: [
                ...columns.map((column) => ({ [column]: containsText(search) })),
                { traceId: { in: traceIds } },
              ],
            }
          : {},
        filter.domains ? { OR: [nothing, ...filter.domains.flatMap(concernsDomain)] } : {},
        filter.reason ? { reason: containsText(filter.reason.trim().toLowerCase()) } : {},
        filter.from ? { at: { gte: filter.from } } : {},
        filter.until ? { at: { lt: filter.until } } : {},
        filter.before
          ? {
              OR: [
                { at: { lt: filter.before.at } },
                { at: filter.before.at, id: { lt: filter.before.id } },
              ],
            }
          : {},
      ],
    },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: Math.min(filter.pageSize ?? 50, 500),
  });
  return rows.map((row) => ({
    ...row,
    kind: row.kind as EventKind,
    detail: readDetail(row.detail),
  }));
}

/** Prisma takes an empty OR for no condition at all. */
const nothing = { id: { in: [] } };

/** What the changes of one domain are changes of; those of the server are not for everybody. */
const ownSubjects = ['user', 'alias', 'shared mailbox'];

/** Who changed something is no reason to tell it: a super admin has an address in some domain too. */
function concernsDomain(name: string): object[] {
  const address = { endsWith: `@${name}` };
  return [
    { kind: { not: 'changed' }, OR: [{ sender: address }, { recipient: address }] },
    { kind: 'changed', recipient: `domain ${name}` },
    ...ownSubjects.map((subject) => {
      return { kind: 'changed', recipient: { startsWith: `${subject} `, ...address } };
    }),
  ];
}

/** The messages that a Message-ID or a queue id means ("queued as …" of the SMTP reply, or an id of the queue). */
async function findTraces(text: string): Promise<string[]> {
  const id = text.trim().replace(/^<|>$/g, '');
  if (id === '' || /\s/.test(id)) return [];
  const arrivals = await db.trailEvent.findMany({
    where: { messageId: id },
    select: { traceId: true },
    take: 50,
  });
  const queued = await db.queueMessage.findMany({ where: { id }, select: { traceId: true } });
  return [id, ...[...arrivals, ...queued].map(({ traceId }) => traceId)];
}

function readDetail(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Cut at its length limit when it was written.
    return {};
  }
}
