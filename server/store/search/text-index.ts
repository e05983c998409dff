// The text index as the process sees it on SQLite: a thread (text-index-worker.ts) that is started when there
// is something to look for or to build, and ends when nothing was for a while. Nothing waits for
// building; where the thread fails, searches are answered by a scan (search.ts) and it is started again.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { db, onCloseDatabase } from '#lib/db.ts';
import { textIndexFiles } from '#lib/dialect/index.ts';
import { logOf } from '#lib/log.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import type { Running } from '#server/net/running.ts';
import { renderOutdated } from '../bodies/render-outdated.ts';
import type { TextHits, TextQuery } from './text-index-query.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './text-index-worker.ts';

const log = logOf('search');

/** New bodies are looked for this often; the thread is started when there are enough of them. */
const lookEveryMs = 5000;
/** Below this the scan of what is new is as quick as the index. */
const defaultMinBodies = 512;
/** The thread ends when it had nothing to do for so long. */
const idleMs = 30_000;
/** After a crash nobody starts it for a while. */
const restMs = 10_000;
/** A thread that does not end by itself in this time is ended. */
const stopMs = 3000;
const maxWaiting = 200;

type Waiting = { resolve(hits: TextHits | null): void };

type Thread = {
  worker: Worker;
  settings: WorkerSettings;
  waiting: Map<number, Waiting>;
  idleTimer: NodeJS.Timeout | null;
  ended: Promise<void>;
  isStopping: boolean;
};

type Progress = { covered: number; sizeBytes: number };

let thread: Thread | null = null;
let writer: { minBodies: number } | null = null;
let restsUntil = 0;
let lastId = 0;
const idleListeners = new Set<(progress: Progress | null) => void>();

/**
 * What the index says of the messages; null where there is no index or no answer from it (or `signal` is
 * aborted): then the caller looks for itself.
 */
export async function askTextIndex(
  query: TextQuery,
  signal?: AbortSignal,
): Promise<TextHits | null> {
  const current = await findThread();
  if (!current || signal?.aborted || current.waiting.size >= maxWaiting) return null;
  const id = ++lastId;
  return new Promise((resolve) => {
    const cancel = () => {
      current.waiting.delete(id);
      send(current, { kind: 'cancel', id });
      resolve(null);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    current.waiting.set(id, {
      resolve: (hits) => {
        signal?.removeEventListener('abort', cancel);
        resolve(hits);
      },
    });
    send(current, { kind: 'search', id, query });
  });
}

/** Builds the index behind what arrives, until it is stopped. Only the daemon does. */
export async function startTextIndex(minBodies = defaultMinBodies): Promise<Running> {
  if (!textIndexFiles()) return { stop: async () => undefined };
  covered = 0;
  restsUntil = 0;
  writer = { minBodies };
  const lookAgain = () => look().catch((error) => log.warn({ err: error }, 'nothing indexed now'));
  const timer = setInterval(lookAgain, lookEveryMs).unref();
  void lookAgain();
  return {
    stop: async () => {
      clearInterval(timer);
      writer = null;
      await endThread();
    },
  };
}

/** Starts the thread where enough has come. */
async function look(): Promise<void> {
  const rows = await db.$queryRaw<
    { last: number | null }[]
  >`SELECT MAX("id") AS "last" FROM "Blob"`;
  if (!writer || Number(rows[0]?.last ?? 0) - covered < writer.minBodies) return;
  const current = await findThread();
  if (current) send(current, { kind: 'look' });
}

/** Greatest number of a body that the index is known to cover. */
let covered = 0;

/** Resolves when nothing is left to build that is worth building; null where the thread failed. */
export async function completeTextIndex(): Promise<Progress | null> {
  const current = await findThread();
  if (!current) return null;
  const done = new Promise<Progress | null>((resolve) => {
    const listener = (progress: Progress | null) => {
      idleListeners.delete(listener);
      resolve(progress);
    };
    idleListeners.add(listener);
  });
  send(current, { kind: 'look' });
  return done;
}

/** The thread, for a test that kills it. */
export function findWorker(): Worker | null {
  return thread?.worker ?? null;
}

async function findThread(): Promise<Thread | null> {
  const files = textIndexFiles();
  if (!files || performance.now() < restsUntil) return null;
  const settings: WorkerSettings = {
    mailFile: files.mailFile,
    searchFile: files.searchFile,
    factsVersion: FACTS_VERSION,
    isWriter: writer !== null,
    minBodies: writer?.minBodies ?? defaultMinBodies,
  };
  const isOther = (one: Thread) =>
    one.isStopping ||
    (Object.keys(settings) as (keyof WorkerSettings)[]).some(
      (name) => one.settings[name] !== settings[name],
    );
  while (thread && isOther(thread)) await endThread();
  thread ??= startThread(settings);
  return thread;
}

function startThread(settings: WorkerSettings): Thread {
  const worker = new Worker(fileURLToPath(new URL('./text-index-worker.ts', import.meta.url)), {
    workerData: settings,
    name: 'text-index',
    // A young generation of a few megabytes: what is built lives long or not at all.
    resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 },
  });
  const started: Thread = {
    worker,
    settings,
    waiting: new Map(),
    idleTimer: null,
    ended: new Promise((resolve) => worker.once('exit', () => resolve())),
    isStopping: false,
  };
  worker.unref();
  worker.on('message', (message: FromWorker) => receive(started, message));
  worker.on('error', (error) => log.error({ err: error }, 'the search thread failed'));
  worker.once('exit', () => forget(started));
  return started;
}

function forget(ended: Thread): void {
  if (ended.idleTimer) clearTimeout(ended.idleTimer);
  if (!ended.isStopping) restsUntil = performance.now() + restMs;
  if (thread === ended) thread = null;
  for (const { resolve } of ended.waiting.values()) resolve(null);
  ended.waiting.clear();
  for (const listener of [...idleListeners]) listener(null);
}

/** Ends the thread when what it does now is done. */
async function endThread(): Promise<void> {
  const ending = thread;
  if (!ending) return;
  if (!ending.isStopping) {
    ending.isStopping = true;
    send(ending, { kind: 'stop' });
  }
  // The process must not end in the middle of this, so the thread counts until it is gone.
  ending.worker.ref();
  const timer = setTimeout(() => void ending.worker.terminate(), stopMs);
  await ending.ended;
  clearTimeout(timer);
}

onCloseDatabase(endThread);

function send(to: Thread, message: ToWorker): void {
  if (to.idleTimer) clearTimeout(to.idleTimer);
  to.idleTimer = null;
  to.worker.postMessage(message);
}

function receive(from: Thread, message: FromWorker): void {
  switch (message.kind) {
    case 'found':
      settle(from, message.id, message.hits);
      return;
    case 'failed':
      log.warn({ reason: message.reason }, 'the text index could not answer');
      settle(from, message.id, null);
      return;
    case 'trouble':
      log.warn({ reason: message.reason }, 'the text index could not be built further');
      return;
    case 'render':
      void renderFor(from, message.blobId);
      return;
    case 'idle':
      covered = message.covered;
      for (const listener of [...idleListeners]) listener(message);
      from.idleTimer ??= setTimeout(() => {
        // Somebody may just have asked.
        if (thread === from && from.waiting.size === 0) void endThread();
      }, idleMs).unref();
  }
}

/** Pauses as long as the work took: after a new version there is much of it, and it is in no hurry. */
async function renderFor(from: Thread, blobId: number): Promise<void> {
  const startedAt = performance.now();
  await renderOutdated([blobId]);
  await sleep(performance.now() - startedAt, undefined, { ref: false });
  if (thread === from && !from.isStopping) send(from, { kind: 'rendered' });
}

function settle(from: Thread, id: number, hits: TextHits | null): void {
  const waiting = from.waiting.get(id);
  from.waiting.delete(id);
  waiting?.resolve(hits);
}
