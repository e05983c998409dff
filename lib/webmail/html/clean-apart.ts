// Cleaning message HTML without stopping anybody else: what is short is done at once, what is long in a thread of its
// own with a deadline, because a hostile nesting of four megabytes takes a parser minutes. At most two threads;
// they live for one message, so nothing of it stays behind.
import { join } from 'node:path';
import { Refusal } from '../../errors.ts';
import { type CleanHtml, type CleanOptions, cleanHtml } from './clean-html.ts';
import { limitThread } from './thread-limit.ts';

/** Up to here the worst markup costs some 20 ms. */
const shortLength = 48 * 1024;
const defaultLimitMs = 5000;
const maxThreads = 2;

// Taken at run time: the bundler would make the file a part of its bundle, and leave it out.
const { Worker } = process.getBuiltinModule('node:worker_threads');

type Line = { running: number; waiting: (() => void)[] };
const shared = globalThis as { dreyCleanLine?: Line };

/** As cleanHtml(). Refusal 'limit' for markup that takes more than `limitMs` of a processor. */
export async function cleanHtmlApart(
  source: string,
  options: CleanOptions,
  limitMs = defaultLimitMs,
): Promise<CleanHtml> {
  if (source.length <= shortLength) return cleanHtml(source, options);
  shared.dreyCleanLine ??= { running: 0, waiting: [] };
  const line = shared.dreyCleanLine;
  while (line.running >= maxThreads) {
    await new Promise<void>((resolve) => line.waiting.push(resolve));
  }
  line.running++;
  try {
    return await runThread(source, options, limitMs);
  } finally {
    line.running--;
    line.waiting.shift()?.();
  }
}

function runThread(source: string, options: CleanOptions, limitMs: number): Promise<CleanHtml> {
  // The web app is a bundle; the thread runs from the sources, as the daemon does (server/web/child.ts says where).
  const root = process.env.DREY_ROOT || process.cwd();
  const thread = join(/*turbopackIgnore: true*/ root, 'lib', 'webmail', 'html', 'clean-thread.ts');
  const worker = new Worker(thread, {
    workerData: { source, options },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  return new Promise<CleanHtml>((resolve, reject) => {
    const tooHard = () => reject(new Refusal('limit', 'This HTML is too complicated to show.'));
    const endLimit = limitThread(worker, limitMs, tooHard);
    worker.once('message', resolve);
    worker.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') tooHard();
      else reject(error);
    });
    worker.once('exit', () => {
      endLimit();
      tooHard();
    });
  }).finally(() => void worker.terminate());
}
