// Reading the event trail: "where is my mail?"
import { db, join, raw, type Sql, sql } from '../db.ts';
import { domainPart } from '../dialect/index.ts';
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

export type FoundEvents = {
  events: TrailEvent[];
  /** Where only a part was looked through: events before this may fit too. */
  scannedTo: Date | null;
};

/** Events, newest first. */
export async function listEvents(filter: TrailFilter = {}): Promise<TrailEvent[]> {
  return (await searchEvents(filter)).events;
}

/** The same; of what no index finds at most the last `mostScanned` events are looked through. */
export async function searchEvents(
  filter: TrailFilter = {},
  mostScanned?: number,
): Promise<FoundEvents> {
  const pageSize = Math.min(filter.pageSize ?? 50, 500);
  const parts = await conditionsOf(filter);
  const bound = mostScanned && isScan(filter) ? await readBound(filter, mostScanned) : null;
  if (bound) parts.push(sql`"at" >= ${bound}`);
  const found = await db.$queryRaw<{ id: string }[]>`SELECT "id" FROM "TrailEvent"
    WHERE ${join(parts, ' AND ')} ORDER BY "at" DESC, "id" DESC LIMIT ${pageSize}`;
  const ids = found.map(({ id }) => id);
  const rows = await db.trailEvent.findMany({
    where: { id: { in: ids } },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
  });
  const events = rows.map((row) => ({
    ...row,
    kind: row.kind as EventKind,
    detail: readDetail(row.detail),
  }));
  return { events, scannedTo: bound && ids.length < pageSize ? bound : null };
}

/** Whether rows are looked at one after the other. */
function isScan({ search, reason, domains, traceId, accountId }: TrailFilter): boolean {
  if (traceId || accountId) return false;
  const isIndexed = search !== undefined && isWholeAddress(search);
  return (!isIndexed && Boolean(search?.trim() || domains)) || Boolean(reason);
}

/** When the oldest of so many events was; null where there are not so many. */
async function readBound(filter: TrailFilter, mostScanned: number): Promise<Date | null> {
  const before = filter.before?.at ?? filter.until;
  const start = before ? sql`"at" <= ${before}` : sql`1 = 1`;
  const rows = await db.$queryRaw<{ at: Date | string }[]>`SELECT "at" FROM "TrailEvent"
    WHERE ${start} ORDER BY "at" DESC LIMIT 1 OFFSET ${mostScanned}`;
  return rows[0] ? new Date(rows[0].at) : null;
}

async function conditionsOf(filter: TrailFilter): Promise<Sql[]> {
  const { kind, traceId, accountId, search, domains, reason, from, until, before } = filter;
  const parts: Sql[] = [sql`1 = 1`];
  if (kind) parts.push(sql`"kind" = ${kind}`);
  if (traceId) parts.push(sql`"traceId" = ${traceId}`);
  if (accountId) parts.push(sql`"accountId" = ${accountId}`);
  if (search?.trim()) parts.push(await findText(search.trim()));
  if (domains) parts.push(concernsDomains(domains));
  if (reason?.trim()) parts.push(sql`LOWER("reason") LIKE ${patternOf(reason.trim())} ESCAPE '\\'`);
  if (from) parts.push(sql`"at" >= ${from}`);
  if (until) parts.push(sql`"at" < ${until}`);
  if (before) parts.push(sql`("at", "id") < (${before.at}, ${before.id})`);
  return parts;
}

const textColumns = ['sender', 'recipient', 'remote', 'reason', 'text'] as const;

/** What the changes of one domain are changes of; those of the server are not for everybody. */
const ownSubjects = ['user', 'alias', 'shared mailbox'];

const isWholeAddress = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());

/** A whole address is found by the indexes of sender and recipient, whatever else only by looking. */
async function findText(text: string): Promise<Sql> {
  const traceIds = await findTraces(text);
  const isTraced = traceIds.length > 0 ? sql`"traceId" IN (${join(traceIds)})` : sql`1 = 0`;
  if (isWholeAddress(text)) {
    const address = text.toLowerCase();
    const recipients = [address, ...ownSubjects.map((subject) => `${subject} ${address}`)];
    return sql`("sender" = ${address} OR "recipient" IN (${join(recipients)}) OR ${isTraced})`;
  }
  const pattern = patternOf(text);
  const looks = textColumns.map((column) => {
    return sql`LOWER(${raw(`"${column}"`)}) LIKE ${pattern} ESCAPE '\\'`;
  });
  return sql`(${join(looks, ' OR ')} OR ${isTraced})`;
}

function patternOf(text: string): string {
  return `%${text
    .toLowerCase()
    .slice(0, 300)
    .replace(/[\\%_]/g, '\\$&')}%`;
}

/** Who changed something is no reason to tell it: a super admin has an address in some domain too. */
function concernsDomains(names: string[]): Sql {
  if (names.length === 0) return sql`1 = 0`;
  const [sender, recipient] = [sql`"sender"`, sql`"recipient"`];
  const own = join(names);
  const domains = join(names.map((name) => `domain ${name}`));
  const subjects = ownSubjects.map((subject) => sql`"recipient" LIKE ${`${subject} %`}`);
  return sql`(("kind" <> 'changed' AND (${domainPart(sender)} IN (${own}) OR ${domainPart(recipient)} IN (${own})))
    OR ("kind" = 'changed' AND ("recipient" IN (${domains})
      OR (${domainPart(recipient)} IN (${own}) AND (${join(subjects, ' OR ')})))))`;
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
