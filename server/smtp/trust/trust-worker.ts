// SPF, DKIM, DMARC and ARC, and the look into texts and attachments, without stopping the event loop: in one
// thread that has several messages in work at a time. It is started when it is needed, does not keep the process alive, and ends when nothing came for a
// while. The DNS is asked on this side, where the answers are remembered (server/dns/resolver.ts).
//
// Invariant: every message gets its findings or null in time. A thread that no longer answers is ended with
// all it holds, and they come back as null: the sender tries again later. One that cannot start costs speed only.
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { onCloseDatabase } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';
import type { StagedBody } from '#server/store/bodies/blobs.ts';
import type { Looked, Wanted } from '../content/look.ts';
import type { Bounds, Claim } from './authenticate.ts';
import type { Findings } from './findings.ts';
import { resolveForMailauth } from './resolver.ts';
import type { FromThread, MessageSource, ToThread } from './trust-thread.ts';

const log = logOf('smtp');

const idleMs = 10_000;
/** A thread that does not end by itself in this time is ended. */
const endMs = 2000;

/** Tests shorten the times and let the thread run something else. */
export const trustLimits = {
  /** For the DNS: SPF, keys and seals; then again for DMARC */
  phaseMs: 6000,
  /** For everything, the turns of other messages included */
  deadlineMs: 25_000,
  thread: fileURLToPath(new URL('./trust-thread.ts', import.meta.url)),
};

type Result = Findings | Looked;
type Job = { here(): Promise<Result>; settle(result: Result | null): void };

type Thread = {
  worker: Worker;
  isReady: boolean;
  isEnding: boolean;
  jobs: Map<number, Job>;
  idle: NodeJS.Timeout | null;
  ended: Promise<void>;
};

let thread: Thread | null = null;
let lastJob = 0;

/** What can be found out about a staged message; null where that takes too long. Never rejects. */
export async function findTrust(body: StagedBody, claim: Claim): Promise<Findings | null> {
  const source = toSource(body);
  if (!source) return null;
  const here = async () => {
    // Only now: the library is large and at home in the thread.
    const { authenticate } = await import('./authenticate.ts');
    const { openMessage } = await import('./trust-thread.ts');
    return authenticate(await openMessage(source), claim, resolveForMailauth, bounds());
  };
  const task = (job: number) => ({ kind: 'judge', job, source, claim, bounds: bounds() }) as const;
  return (await doApart(task, here, body.sizeBytes)) as Findings | null;
}

/** Which of the patterns are in a staged message; null where that takes too long. Never rejects. */
export async function lookApart(body: StagedBody, wanted: Wanted): Promise<Looked | null> {
  const source = toSource(body);
  if (!source) return null;
  const here = async () => {
    const { look } = await import('../content/look.ts');
    const { readMessage } = await import('./trust-thread.ts');
    return look(await readMessage(source), wanted);
  };
  const task = (job: number) => ({ kind: 'look', job, source, wanted }) as const;
  return (await doApart(task, here, body.sizeBytes)) as Looked | null;
}

function doApart(
  task: (job: number) => ToThread,
  here: Job['here'],
  sizeBytes: number,
): Promise<Result | null> {
  return new Promise((settle) => {
    thread ??= startThread();
    const current = thread;
    if (current.idle) clearTimeout(current.idle);
    current.idle = null;
    const job = ++lastJob;
    const timer = setTimeout(() => {
      log.error({ sizeBytes }, 'a message took too long to check');
      current.isReady = true; // so that it is not tried again here
      void terminate(current);
    }, trustLimits.deadlineMs);
    const done = (result: Result | null) => {
      clearTimeout(timer);
      settle(result);
    };
    current.jobs.set(job, { here, settle: done });
    current.worker.ref();
    post(current, task(job));
  });
}

const bounds = (): Bounds => ({ phaseMs: trustLimits.phaseMs });

function toSource({ bytes, path, facts, sizeBytes }: StagedBody): MessageSource | null {
  const headerBytes = facts.header.length;
  if (bytes) return { headerBytes, sizeBytes, bytes };
  return path === null ? null : { headerBytes, sizeBytes, path };
}

function post({ worker }: Thread, message: ToThread): void {
  worker.postMessage(message);
}

function startThread(): Thread {
  const worker = new Worker(trustLimits.thread, {
    name: 'trust',
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 },
  });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const jobs = new Map<number, Job>();
  const started: Thread = { worker, isReady: false, isEnding: false, jobs, idle: null, ended };
  worker.on('message', (message: FromThread) => void receive(started, message));
  worker.on('error', (error) => {
    log.error({ err: error }, 'the thread for SPF, DKIM and DMARC failed');
  });
  worker.once('exit', () => {
    if (started.idle) clearTimeout(started.idle);
    if (thread === started) thread = null;
    giveUp(started);
    resolve();
  });
  return started;
}

async function receive(from: Thread, message: FromThread): Promise<void> {
  switch (message.kind) {
    case 'ready':
      from.isReady = true;
      return;
    case 'ask': {
      const { question, name, type } = message;
      const answer = { kind: 'answer', question } as const;
      try {
        const records = await resolveForMailauth(name, type);
        post(from, { ...answer, records, code: '' });
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'ESERVFAIL';
        post(from, { ...answer, records: null, code });
      }
      return;
    }
    case 'done':
      finish(from, message.job, message.result);
      return;
    case 'failed':
      log.error({ reason: message.message }, 'a message could not be judged');
      finish(from, message.job, null);
      return;
  }
}

function finish(from: Thread, job: number, result: Result | null): void {
  from.jobs.get(job)?.settle(result);
  from.jobs.delete(job);
  if (from.jobs.size > 0) return;
  from.worker.unref();
  from.idle = setTimeout(() => void endThread(from), idleMs);
  from.idle.unref();
}

/** The jobs of a thread that is over; where it did not even start, the messages are not to blame. */
function giveUp(from: Thread): void {
  for (const { here, settle } of from.jobs.values()) {
    if (from.isReady) settle(null);
    else void doHere(here).then(settle);
  }
  from.jobs.clear();
}

async function doHere(here: Job['here']): Promise<Result | null> {
  try {
    return await here();
  } catch (error) {
    log.error({ err: error }, 'a message could not be checked');
    return null;
  }
}

async function terminate(ending: Thread): Promise<void> {
  if (thread === ending) thread = null;
  ending.isEnding = true;
  await ending.worker.terminate();
}

/** Lets the thread end by itself, after what it does. */
async function endThread(ending: Thread): Promise<void> {
  if (thread === ending) thread = null;
  if (!ending.isEnding) {
    ending.isEnding = true;
    post(ending, { kind: 'end' });
    setTimeout(() => void ending.worker.terminate(), endMs).unref();
  }
  // The process must not end in the middle of this, so the thread counts until it is gone.
  ending.worker.ref();
  await ending.ended;
}

onCloseDatabase(async () => {
  if (thread && thread.jobs.size === 0) await endThread(thread);
});
