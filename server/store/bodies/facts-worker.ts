// The facts of a message without stopping the event loop: short messages are taken apart at once (the worst of
// 32 KB costs some 30 ms, mostly far less), longer ones in one thread, with a time limit. The thread is
// started when it is needed, does not keep the process alive, and ends when nothing came for a while.
//
// Invariant: there are always facts. A message that takes too long or brings the thread down gets the minimal
// ones, and is named in the log; a thread that cannot start costs speed only.
import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { onCloseDatabase } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';
import { computeFacts, type MessageFacts } from '#lib/mail/facts.ts';
import { headBytes, minimalFacts } from '#lib/mail/minimal-facts.ts';
import type { FactsSource, FromThread, ToThread } from './facts-worker-thread.ts';

const log = logOf('store');

/** Up to here on the event loop. */
const shortBytes = 32 * 1024;
const idleMs = 10_000;
/** A thread that does not end by itself in this time is ended. */
const endMs = 2000;

/** Tests shorten the time and let the thread run something else. */
export const factsLimits = {
  deadlineMs: 15_000,
  thread: fileURLToPath(new URL('./facts-worker-thread.ts', import.meta.url)),
};

type Job = {
  source: FactsSource;
  sizeBytes: number;
  settle(outcome: Promise<MessageFacts>): void;
};

type Thread = {
  worker: Worker;
  isReady: boolean;
  isEnding: boolean;
  job: Job | null;
  timer: NodeJS.Timeout | null;
  ended: Promise<void>;
};

let thread: Thread | null = null;
const waiting: Job[] = [];

/** The facts of a message that is in memory. Never rejects. */
export async function findFacts(bytes: Buffer): Promise<MessageFacts> {
  if (bytes.length <= shortBytes) return computeFacts(bytes);
  return computeApart({ bytes }, bytes.length);
}

/** The facts of a message that is a file. Rejects where that cannot be read. */
export async function findFactsOfFile(path: string, sizeBytes: number): Promise<MessageFacts> {
  if (sizeBytes > shortBytes) return computeApart({ path }, sizeBytes);
  const facts = computeFacts(await readFile(path));
  return { ...facts, header: Buffer.from(facts.header) };
}

function computeApart(source: FactsSource, sizeBytes: number): Promise<MessageFacts> {
  return new Promise((settle) => {
    waiting.push({ source, sizeBytes, settle });
    startNext();
  });
}

function startNext(): void {
  if (waiting.length === 0 || thread?.job || thread?.isEnding) return;
  thread ??= startThread();
  const current = thread;
  const job = waiting.shift() as Job;
  current.job = job;
  current.worker.ref();
  setTimer(current, factsLimits.deadlineMs, () => {
    current.isReady = true; // so that it is not tried again here
    giveUp(current, 'a message took too long to take apart');
    current.isEnding = true;
    void current.worker.terminate();
  });
  current.worker.postMessage({ kind: 'compute', source: job.source } satisfies ToThread);
}

function startThread(): Thread {
  const worker = new Worker(factsLimits.thread, {
    name: 'facts',
    resourceLimits: { maxOldGenerationSizeMb: 384 },
  });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const started: Thread = {
    worker,
    isReady: false,
    isEnding: false,
    job: null,
    timer: null,
    ended,
  };
  worker.on('message', (message: FromThread) => receive(started, message));
  worker.on('error', (error) => {
    log.error({ err: error }, 'the thread for long messages failed');
  });
  worker.once('exit', () => {
    giveUp(started, 'a message brought its thread down');
    setTimer(started, 0, null);
    if (thread === started) thread = null;
    resolve();
    startNext();
  });
  return started;
}

function receive(from: Thread, message: FromThread): void {
  if (message.kind === 'ready') {
    from.isReady = true;
    return;
  }
  const { job } = from;
  from.job = null;
  if (message.kind === 'done') job?.settle(Promise.resolve(toFacts(message.facts)));
  else job?.settle(Promise.reject(Object.assign(new Error(message.message), message)));
  if (waiting.length > 0) {
    startNext();
    return;
  }
  from.worker.unref();
  setTimer(from, idleMs, () => void endThread(from));
  from.timer?.unref();
}

/** What crosses threads are plain byte arrays. */
function toFacts(facts: MessageFacts): MessageFacts {
  const toBuffer = (bytes: Uint8Array) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    ...facts,
    header: toBuffer(facts.header),
    envelope: toBuffer(facts.envelope),
    bodyStructure: toBuffer(facts.bodyStructure),
    body: toBuffer(facts.body),
  };
}

/** The job of a thread that is over gets what can be had without it. */
function giveUp(from: Thread, reason: string): void {
  const { job } = from;
  from.job = null;
  if (!job) return;
  const file = 'path' in job.source ? job.source.path : null;
  log.error({ sizeBytes: job.sizeBytes, file, isStarted: from.isReady }, reason);
  // Where the thread did not even start, the message is not to blame.
  job.settle(from.isReady ? findMinimal(job) : findHere(job.source));
}

async function findHere(source: FactsSource): Promise<MessageFacts> {
  return computeFacts('path' in source ? await readFile(source.path) : Buffer.from(source.bytes));
}

async function findMinimal({ source, sizeBytes }: Job): Promise<MessageFacts> {
  if ('bytes' in source) return minimalFacts(Buffer.from(source.bytes), sizeBytes);
  const file = await open(source.path, 'r');
  try {
    const head = Buffer.alloc(Math.min(sizeBytes, headBytes));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return minimalFacts(head.subarray(0, bytesRead), sizeBytes);
  } finally {
    await file.close();
  }
}

function setTimer(of: Thread, ms: number, act: (() => void) | null): void {
  if (of.timer) clearTimeout(of.timer);
  of.timer = act && setTimeout(act, ms);
}

/** Lets the thread end by itself, after what it does. */
async function endThread(ending: Thread): Promise<void> {
  if (!ending.isEnding) {
    ending.isEnding = true;
    ending.worker.postMessage({ kind: 'end' } satisfies ToThread);
    setTimer(ending, endMs, () => void ending.worker.terminate());
  }
  // The process must not end in the middle of this, so the thread counts until it is gone.
  ending.worker.ref();
  await ending.ended;
}

onCloseDatabase(async () => {
  if (thread && !thread.job) await endThread(thread);
});
