// On SQLite a commit appends pages to a log, and somebody has to copy them into the database before the log grows for
// ever. By itself the commit does it that finds the log long: then everybody waits for some ten milliseconds, on a busy disk
// for a hundred. Here a thread does it meanwhile, on a connection of its own, and a commit only where the thread has
// fallen far behind.
//
// Invariant: what a commit has promised does not depend on this: until pages are copied and synced they stay in
// the log, which every reader looks into first.
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { onCloseDatabase, onCommit, write } from '#lib/db.ts';
import { writeAheadLog } from '#lib/dialect/index.ts';
import { logOf } from '#lib/log.ts';
import type { Running } from '#server/net/running.ts';
import type { ToThread } from './checkpoint-thread.ts';

const log = logOf('store');

/** Commits between two checkpoints: some thousand pages. */
const usualCommits = 60;
/** Pages of the log at which a commit helps: 64 MB. */
const helpAtPages = 16_000;
/** A thread that has nothing to do costs memory. */
const idleMs = 10_000;
const stopMs = 3000;
/** After a fault commits do it as if there were no thread. */
const restMs = 60_000;

type Thread = { worker: Worker; ended: Promise<void>; isBusy: boolean; idle: NodeJS.Timeout };

/** Begins; for the daemon alone, and nothing to do on PostgreSQL. */
export async function startCheckpoints(everyCommits = usualCommits): Promise<Running> {
  const place = writeAheadLog();
  if (!place) return { stop: async () => undefined };
  const { file, limitTo } = place;
  await write((tx) => tx.$queryRaw(limitTo(helpAtPages)));
  let thread: Thread | null = null;
  let commits = 0;
  let restsUntil = 0;
  const forget = (ended: Thread) => {
    clearTimeout(ended.idle);
    if (thread === ended) thread = null;
  };
  const stopListening = onCommit(() => {
    commits++;
    if (commits < everyCommits || thread?.isBusy || performance.now() < restsUntil) return;
    commits = 0;
    thread ??= startThread(file, forget, (error) => {
      restsUntil = performance.now() + restMs;
      log.warn({ err: error }, 'the thread of checkpoints failed; commits do its work');
    });
    send(thread, 'run');
  });
  const end = async () => {
    stopListening();
    if (thread) await endThread(thread);
  };
  onCloseDatabase(end);
  return { stop: end };
}

function startThread(
  file: string,
  forget: (ended: Thread) => void,
  fail: (error: unknown) => void,
): Thread {
  const worker = new Worker(fileURLToPath(new URL('./checkpoint-thread.ts', import.meta.url)), {
    workerData: file,
    name: 'checkpoints',
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32 },
  });
  const idle = setTimeout(() => void endThread(started), idleMs).unref();
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const started: Thread = { worker, ended, isBusy: false, idle };
  worker.unref();
  worker.on('message', () => {
    started.isBusy = false;
    idle.refresh();
  });
  worker.on('error', fail);
  worker.once('exit', () => forget(started));
  return started;
}

function send(thread: Thread, message: ToThread): void {
  thread.isBusy = true;
  thread.worker.postMessage(message);
}

/** When what it does now is done. */
async function endThread(thread: Thread): Promise<void> {
  clearTimeout(thread.idle);
  send(thread, 'stop');
  // The process must not end in the middle of this.
  thread.worker.ref();
  const timer = setTimeout(() => void thread.worker.terminate(), stopMs);
  await thread.ended;
  clearTimeout(timer);
}
