// The timeline of one message, for the owner of a mailbox: how it came or left, step by step, without what
// concerns others.
import { db } from '../db.ts';
import type { EventKind } from './record.ts';

export type Finding = { check: string; outcome: string; note: string };

export type StoryEvent = {
  id: string;
  at: Date;
  kind: EventKind;
  sender: string;
  recipient: string;
  /** The other side: hostile text, as all of these */
  remote: string;
  reason: string;
  text: string;
  /** What the checks said, at its arrival */
  findings: Finding[];
};

type Row = Awaited<ReturnType<typeof db.trailEvent.findMany>>[number];

const maxTraces = 10;
const maxEvents = 300;

/**
 * What happened to the messages with this Message-ID that the account sent or got, from first to last; empty
 * where it has nothing to do with them.
 */
export async function readStory(accountId: string, messageId: string): Promise<StoryEvent[]> {
  const id = messageId.trim().replace(/^<|>$/g, '').slice(0, 320);
  if (id === '') return [];
  const arrivals = await db.trailEvent.findMany({
    where: { messageId: id, kind: 'received' },
    orderBy: { at: 'desc' },
    take: maxTraces,
  });
  const rows = await db.trailEvent.findMany({
    where: { traceId: { in: arrivals.map(({ traceId }) => traceId) } },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
    take: maxEvents,
  });
  const byTrace = Map.groupBy(rows, ({ traceId }) => traceId);
  return [...byTrace.values()]
    .flatMap((trace) => chooseVisible(accountId, trace))
    .toSorted((one, other) => one.at.getTime() - other.at.getTime() || rank(one) - rank(other))
    .map(toStoryEvent);
}

/** What has the same moment, in the order in which it can only have happened. */
const order = ['received', 'delivered', 'queued', 'deferred', 'sent', 'bounced', 'dropped'];
const rank = ({ kind }: Row) => order.indexOf(kind);

/**
 * The sender sees all of it but copies that are not his to know of (archives); a recipient the arrival and what
 * happened in her own account.
 */
function chooseVisible(accountId: string, trace: Row[]): Row[] {
  const arrival = trace.find(({ kind }) => kind === 'received');
  if (arrival?.accountId === accountId) {
    const secret = readSecret(arrival.detail);
    return trace.filter((row) => row === arrival || !secret.includes(row.recipient));
  }
  const own = trace.filter((row) => row.accountId === accountId);
  return arrival && own.length > 0 ? [arrival, ...own] : [];
}

/** Recipients of copies that only administrators are to see. */
function readSecret(detail: string): unknown[] {
  try {
    const { secret } = JSON.parse(detail) as { secret?: unknown };
    return Array.isArray(secret) ? secret : [];
  } catch {
    return [];
  }
}

function toStoryEvent(row: Row): StoryEvent {
  const { id, at, kind, sender, recipient, remote, reason, text } = row;
  // Who has copies made is not for the people whose mail it is.
  const findings = readFindings(row.detail).filter(({ outcome }) => outcome !== 'bcc');
  return { id, at, kind: kind as EventKind, sender, recipient, remote, reason, text, findings };
}

/** What the checks said, out of the detail of an event. */
export function readFindings(detail: string | Record<string, unknown>): Finding[] {
  let value: unknown = detail;
  if (typeof detail === 'string') {
    try {
      value = JSON.parse(detail);
    } catch {
      return [];
    }
  }
  const list = (value as { findings?: unknown } | null)?.findings;
  if (!Array.isArray(list)) return [];
  return list.map((one: Partial<Finding>) => ({
    check: String(one.check ?? ''),
    outcome: String(one.outcome ?? ''),
    note: String(one.note ?? ''),
  }));
}
