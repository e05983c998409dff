// Verifies hashes whose families are computed in JavaScript, in one thread beside the event loop. It starts when it
// is needed, keeps no process alive, and ends when nothing came for a while.
//
// Invariant: there is always an answer. What takes too long, or brings the thread down, does not fit.
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { onCloseDatabase } from '../../db.ts';
import { logOf } from '../../log.ts';
import type { FromThread, ToThread } from './thread.ts';

// Taken at run time: the bundler of the web app would make the thread's file a part of its bundle.
const threads = process.getBuiltinModule('node:worker_threads');
const log = logOf('accounts');
const idleMs = 30_000;
/** For one hash together with those before it; the families' limits stay far below. */
const deadlineMs = 20_000;

type Job = { settle(fits: boolean): void; timer: NodeJS.Timeout };

let worker: Worker | null = null;
let idle: NodeJS.Timeout | null = null;
let lastId = 0;
const jobs = new Map<number, Job>();

/** Code in the web app's bundle cannot tell where the sources are. */
const root = process.env.DREY_ROOT || join(import.meta.dirname ?? '', '..', '..', '..');

/** Whether the password fits. Never rejects. */
export function verifyApart(stored: string, password: string): Promise<boolean> {
  return new Promise((settle) => {
    if (idle) clearTimeout(idle);
    idle = null;
    worker ??= start();
    const id = ++lastId;
    const timer = setTimeout(() => {
      log.error('a password hash took too long to verify');
      void worker?.terminate();
    }, deadlineMs);
    jobs.set(id, { settle, timer });
    worker.ref();
    worker.postMessage({ id, stored, password } satisfies ToThread);
  });
}

function start(): Worker {
  const path = join(/* turbopackIgnore: true */ root, 'lib', 'accounts', 'hash', 'thread.ts');
  const started = new threads.Worker(path, {
    name: 'hash',
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  started.on('message', ({ id, fits }: FromThread) => finish(id, fits));
  started.on('error', (error) =>
    log.error({ err: error }, 'the thread for password hashes failed'),
  );
  started.once('exit', () => {
    // One that ended by order has a follower, whose jobs are not its own.
    if (worker !== started) return;
    worker = null;
    for (const id of [...jobs.keys()]) finish(id, false);
  });
  return started;
}

function finish(id: number, fits: boolean): void {
  const job = jobs.get(id);
  if (!job) return;
  jobs.delete(id);
  clearTimeout(job.timer);
  job.settle(fits);
  if (jobs.size > 0 || !worker) return;
  worker.unref();
  idle = setTimeout(() => void endThread(), idleMs);
  idle.unref();
}

async function endThread(): Promise<void> {
  const ending = worker;
  worker = null;
  await ending?.terminate();
}

onCloseDatabase(endThread);
