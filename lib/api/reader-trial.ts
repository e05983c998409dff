// Trials that tokens which only read ask for (what a configuration would change, what of a group could be taken back): a trial
// has the one writer, for which mail waits. So each has it for a moment, one after the other, with a rest for everybody else.
import { fromNow, uptimeMs } from '../clock.ts';
import { Refusal } from '../errors.ts';

const mostMs = 250;
/** The writer is left alone so many times as long as the trial took, of which the writer is a part. */
const restFactor = 3;
const mostWaiting = 8;

let waiting = 0;
let last: Promise<void> = Promise.resolve();

/**
 * Runs `trial`, which may hold the writer for so many milliseconds; undefined for who may change things and hold it anyway.
 * Refusal 'throttled' where many wait already.
 */
export async function takeTrial<T>(
  { isReadOnly }: { isReadOnly?: boolean },
  trial: (mostMs?: number) => Promise<T>,
): Promise<T> {
  if (!isReadOnly) return trial();
  if (waiting >= mostWaiting) {
    const retryAt = fromNow(mostWaiting * mostMs * (1 + restFactor));
    throw new Refusal('throttled', 'Too many trials at once. Try again later.', null, retryAt);
  }
  const before = last;
  const { promise, resolve } = Promise.withResolvers<void>();
  last = promise;
  waiting++;
  await before;
  const begunMs = uptimeMs();
  try {
    return await trial(mostMs);
  } finally {
    waiting--;
    setTimeout(resolve, Math.min(uptimeMs() - begunMs, mostMs) * restFactor);
  }
}
