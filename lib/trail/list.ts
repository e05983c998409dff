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
  detail: Record<string, unknown>;
};

export type TrailFilter = {
  /** In sender, recipient, remote, reason or text */
  search?: string;
  kind?: string;
  traceId?: string;
  accountId?: string;
  /** Only events older than this one (paging) */
  before?: { at: Date; id: string };
  pageSize?: number;
};

/** Events, newest first. */
export async function listEvents(filter: TrailFilter = {}): Promise<TrailEvent[]> {
  const search = filter.search?.trim().toLowerCase();
  const columns = ['sender', 'recipient', 'remote', 'reason', 'text', 'traceId'] as const;
  const rows = await db.trailEvent.findMany({
    where: {
      ...(filter.kind ? { kind: filter.kind } : {}),
      ...(filter.traceId ? { traceId: filter.traceId } : {}),
      ...(filter.accountId ? { accountId: filter.accountId } : {}),
      AND: [
        search ? { OR: columns.map((column) => ({ [column]: containsText(search) })) } : {},
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

function readDetail(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Cut at its length limit when it was written.
    return {};
  }
}
