// Writing the event trail: what happened to each message and login, for people. Events of a delivery go
// into its own transaction; others are gathered for a moment and written together.
import { now } from '../clock.ts';
import { afterCommit } from '../context.ts';
import { insertRows, sql, type Tx, write } from '../db.ts';
import { newId } from '../id.ts';
import { logOf } from '../log.ts';
import { addToOutboxIn } from './outbox.ts';

export type EventKind =
  | 'received'
  | 'refused'
  | 'delivered'
  | 'queued'
  | 'sent'
  | 'deferred'
  | 'bounced'
  | 'dropped'
  | 'login'
  | 'login-failed'
  | 'login-blocked'
  | 'changed';

export type NewEvent = {
  /** Ties the events of one message together. */
  traceId: string;
  kind: EventKind;
  accountId?: string | null;
  sender?: string;
  recipient?: string;
  remote?: string;
  /** A named reason, or code of the other side */
  reason?: string;
  /** The words for a person; never a secret or a body */
  text?: string;
  /** Message-ID, with or without brackets */
  messageId?: string;
  detail?: object;
};

const flushAfterMs = 200;
/** More than so many waiting events are written at once; far more are dropped, oldest first. */
const flushAtCount = 200;
const maxWaiting = 5000;
const maxTextLength = 1000;
const maxDetailLength = 6000;

const log = logOf('trail');
let waiting: ReturnType<typeof toRow>[] = [];
let timer: NodeJS.Timeout | null = null;
let flushing: Promise<void> = Promise.resolve();

function toRow(event: NewEvent) {
  const cut = (text = '', length = 320) => text.replace(/[\p{Cc}]+/gu, ' ').slice(0, length);
  return {
    id: newId(),
    at: now(),
    traceId: event.traceId,
    kind: event.kind,
    accountId: event.accountId ?? null,
    sender: cut(event.sender),
    recipient: cut(event.recipient),
    remote: cut(event.remote),
    reason: cut(event.reason),
    text: cut(event.text, maxTextLength),
    messageId: cut(event.messageId?.replace(/^<|>$/g, '')),
    detail: cutDetail(event.detail ?? {}),
  };
}

/** JSON that still can be read: where it is too long its longest list loses its end. */
function cutDetail(detail: object): string {
  const text = JSON.stringify(detail);
  if (text.length <= maxDetailLength) return text;
  const lists = Object.entries(detail).filter(([, value]) => Array.isArray(value));
  const longest = lists.toSorted((a, b) => b[1].length - a[1].length)[0];
  if (!longest || longest[1].length === 0) return '{}';
  const [key, list] = longest;
  return cutDetail({ ...detail, [key]: list.slice(0, Math.floor(list.length / 2)) });
}

type Listener = (events: NewEvent[]) => void;
// One a process, also where a bundler loads this module twice (the web app's copy and that of its process).
const shared = globalThis as { dreyTrailListeners?: Set<Listener> };
shared.dreyTrailListeners ??= new Set();
const listeners = shared.dreyTrailListeners;

/** Calls `listener` with each event of this process; returns how to end that. It must not throw. */
export function onEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(events: NewEvent[]): void {
  for (const event of events) log.info({ ...event, detail: event.detail }, event.kind);
  for (const listener of listeners) listener(events);
}

/** Notes an event; it is in the database within 200 ms (of the commit that it is a part of). Never throws. */
export function recordEvent(event: NewEvent): void {
  afterCommit(() => note(event));
}

function note(event: NewEvent): void {
  const row = toRow(event);
  tell([event]);
  waiting.push(row);
  if (waiting.length > maxWaiting) waiting.shift();
  if (waiting.length >= flushAtCount) void flushTrail();
  else timer ??= setTimeout(() => void flushTrail(), flushAfterMs);
}

/** Writes what waits; resolves when it is stored. */
export function flushTrail(): Promise<void> {
  if (timer) clearTimeout(timer);
  timer = null;
  const rows = waiting;
  waiting = [];
  if (rows.length > 0) {
    flushing = flushing
      .then(async () => {
        await write((tx) => insertEvents(tx, rows));
      })
      .catch((error) => log.error({ err: error, lost: rows.length }, 'events could not be stored'));
  }
  return flushing;
}

/** Notes an event inside the caller's transaction. */
export function recordEventIn(tx: Tx, event: NewEvent): Promise<void> {
  return recordEventsIn(tx, [event]);
}

/** Notes events, in their order, inside the caller's transaction. */
export async function recordEventsIn(tx: Tx, events: NewEvent[]): Promise<void> {
  await insertEvents(tx, events.map(toRow));
  afterCommit(() => tell(events));
}

async function insertEvents(tx: Tx, events: ReturnType<typeof toRow>[]): Promise<void> {
  const into = sql`INSERT INTO "TrailEvent" ("id", "at", "traceId", "kind", "accountId", "sender", "recipient",
    "remote", "reason", "text", "messageId", "detail")`;
  const rows = events.map(
    (event) => sql`(${event.id}, ${event.at}, ${event.traceId}, ${event.kind}, ${event.accountId},
      ${event.sender}, ${event.recipient}, ${event.remote}, ${event.reason}, ${event.text},
      ${event.messageId}, ${event.detail})`,
  );
  await insertRows(tx, into, rows);
  await addToOutboxIn(tx, events);
}
