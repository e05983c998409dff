// Hints that something changed. A poke is never the truth: whoever hears one reads the journal or the
// rows; whoever misses one catches up at the next poll. Pokes are given after commit, never before.
//
// Other processes: on SQLite each looks whether anybody has committed; on PostgreSQL whoever has committed
// says what it poked, some milliseconds' worth in one notice.
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { afterCommit } from './context.ts';
import { db, onCloseDatabase, onCommit } from './db.ts';
import { announce, watchCommits } from './dialect/index.ts';
import { logOf } from './log.ts';

/**
 * What may be poked: a mailbox (by account), the queue, the settings, mail to be collected, certificates,
 * announcements, or anything another process committed.
 */
export type Topic =
  | `mailbox:${string}:${string}`
  | `account:${string}`
  | 'queue'
  | 'settings'
  | 'collections'
  | 'certificates'
  | 'announcements'
  | 'elsewhere';

const log = logOf('poke');
const topicPattern =
  /^(mailbox:[^: ]+:[^: ]+|account:[^: ]+|queue|settings|collections|certificates|announcements)$/;

/** How long changes are gathered for one notice. */
const gatherMs = 10;
/** A commit that nobody poked for is told at most so often. */
const anythingMs = 100;
/** PostgreSQL takes less than 8000. */
const maxNoticeLength = 7900;

type State = {
  emitter: EventEmitter;
  /** Of this process, in its notices. */
  id: string;
  /** To be told. */
  topics: Set<Topic>;
  topicTimer: NodeJS.Timeout | null;
  /** Set where a commit may be one that nobody pokes for. */
  anythingTimer: NodeJS.Timeout | null;
  anythingAt: number;
  sending: Promise<unknown>;
};

// One a process, also where a bundler loads this module twice (as in db.ts).
const shared = globalThis as typeof globalThis & { dreyPokes?: State };
const state: State = shared.dreyPokes ?? start();
const hasNotices = announce('') !== null;

function start(): State {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  shared.dreyPokes = {
    emitter,
    id: randomBytes(6).toString('base64url'),
    topics: new Set(),
    topicTimer: null,
    anythingTimer: null,
    anythingAt: Number.NEGATIVE_INFINITY,
    sending: Promise.resolve(),
  };
  onCommit(noteCommit);
  onCloseDatabase(async () => {
    if (state.topicTimer || state.anythingTimer) sendTopics();
    await state.sending;
  });
  return shared.dreyPokes;
}

/** Tells whoever listens that `topic` changed: this process at once, others within moments. */
export function poke(topic: Topic): void {
  afterCommit(() => tell(topic));
}

function tell(topic: Topic): void {
  state.emitter.emit(topic);
  if (!hasNotices || topic === 'elsewhere') return;
  state.topics.add(topic);
  if (state.topicTimer) return;
  state.topicTimer = setTimeout(sendTopics, gatherMs);
  state.topicTimer.unref();
}

/** Calls `listener` at each poke of `topic`; returns the function that ends it. */
export function onPoke(topic: Topic, listener: () => void): () => void {
  state.emitter.on(topic, listener);
  return () => state.emitter.off(topic, listener);
}

/** What is poked right after a commit is all there is to say about it; else it may have changed anything. */
function noteCommit(): void {
  if (!hasNotices || state.anythingTimer) return;
  const waitMs = Math.max(state.anythingAt + anythingMs - performance.now(), 2 * gatherMs);
  state.anythingTimer = setTimeout(sendAnything, waitMs);
  state.anythingTimer.unref();
}

function sendTopics(): void {
  const said = [...state.topics].join(' ');
  if (said === '' || said.length > maxNoticeLength) sendAnything();
  else send(said);
}

function sendAnything(): void {
  state.anythingAt = performance.now();
  send('elsewhere');
}

function send(said: string): void {
  for (const timer of [state.topicTimer, state.anythingTimer]) if (timer) clearTimeout(timer);
  state.topicTimer = null;
  state.anythingTimer = null;
  state.topics.clear();
  const statement = announce(`${state.id} ${said}`);
  if (!statement) return;
  // In their order, and none before the one that waits for a connection.
  state.sending = state.sending
    .then(() => db.$queryRaw(statement))
    .catch((error) => log.debug({ err: error }, 'other processes were not told'));
}

/** Pokes here what other processes poke, and 'elsewhere' where anything may have changed. Returns the stop. */
export function watchOtherProcesses(): () => void {
  const stop = watchCommits((payload) => {
    const [sender, ...topics] = payload?.split(' ') ?? ['', 'elsewhere'];
    if (sender === state.id) return;
    // What a newer version says and we do not know may be anything.
    for (const topic of topics) state.emitter.emit(topicPattern.test(topic) ? topic : 'elsewhere');
  });
  onCloseDatabase(async () => stop());
  return stop;
}
