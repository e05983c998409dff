// Cleaning somebody else's HTML for a quote without stopping anybody: what is long runs in a thread of its own with a
// deadline, as in html/clean-apart.ts.
import { join } from 'node:path';
import { Refusal } from '../../errors.ts';
import { limitThread } from '../html/thread-limit.ts';
import { cleanOutgoing } from './outgoing-html.ts';

const shortLength = 48 * 1024;
const limitMs = 5000;

// Taken at run time: the bundler would make the file a part of its bundle, and leave it out.
const { Worker } = process.getBuiltinModule('node:worker_threads');

/** Marks images of the message itself: "cid:" and the id of the upload that holds a copy. */
export type QuoteInput = { source: string; images: ReadonlyMap<string, string> };

/** Runs in the thread, or at once for short markup. */
export function cleanQuoteNow({ source, images }: QuoteInput): string {
  const resolveImage = (url: string) => {
    const cid = /^cid:(.{1,500})$/i.exec(url)?.[1];
    if (cid !== undefined) {
      const upload = images.get(decodeCid(cid));
      return upload ? `cid:${upload}` : null;
    }
    return /^https?:\/\//i.test(url) ? url : null;
  };
  return cleanOutgoing(source, { resolveImage, hasStyles: true });
}

function decodeCid(text: string): string {
  try {
    return decodeURIComponent(text).replace(/^<|>$/g, '');
  } catch {
    return text;
  }
}

/** Cleaned HTML of an original. Refusal 'limit' for markup that takes more than five seconds of a processor. */
export async function cleanQuote(input: QuoteInput): Promise<string> {
  if (input.source.length <= shortLength) return cleanQuoteNow(input);
  // The web app is a bundle; the thread runs from the sources, as the daemon does (server/web/child.ts says where).
  const root = process.env.DREY_ROOT || process.cwd();
  const thread = join(
    /*turbopackIgnore: true*/ root,
    ...['lib', 'webmail', 'compose', 'outgoing-thread.ts'],
  );
  const worker = new Worker(thread, {
    workerData: input,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  return new Promise<string>((resolve, reject) => {
    const tooHard = () => reject(new Refusal('limit', 'This HTML is too complicated to quote.'));
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
