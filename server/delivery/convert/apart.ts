// Conversion of large messages without stopping the event loop: in a thread of its own, with a deadline. Few messages
// come here: they are large, and the other side lacks 8BITMIME or a line is too long.
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { hasLongLine } from './lines.ts';
import { toSevenBit, Unconvertible } from './seven-bit.ts';
import { shortenLines } from './short-lines.ts';

/** Up to here a thread costs more than it saves. */
const shortBytes = 256 * 1024;
const deadlineMs = 60_000;
const thread = fileURLToPath(new URL('./thread.ts', import.meta.url));

export const conversions = { 'seven-bit': toSevenBit, 'short-lines': shortenLines };
export type Task = { kind: keyof typeof conversions; bytes: Uint8Array };
export type Done = { bytes: Uint8Array } | { unconvertible: string };

/** As toSevenBit. Throws Unconvertible, also where it takes too long. */
export function toSevenBitApart(message: Buffer): Promise<Buffer> {
  return message.length <= shortBytes ? toSevenBit(message) : convertApart('seven-bit', message);
}

/** As shortenLines. Throws where it takes too long. */
export async function shortenLinesApart(message: Buffer): Promise<Buffer> {
  if (message.length <= shortBytes) return shortenLines(message);
  return hasLongLine(message) ? convertApart('short-lines', message) : message;
}

async function convertApart(kind: Task['kind'], message: Buffer): Promise<Buffer> {
  const task: Task = { kind, bytes: message };
  const worker = new Worker(thread, {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  worker.unref();
  const { promise, resolve, reject } = Promise.withResolvers<Done>();
  const tooHard = () => reject(new Unconvertible('it takes too long'));
  const timer = setTimeout(tooHard, deadlineMs);
  worker.once('message', resolve);
  worker.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') tooHard();
    else reject(error);
  });
  worker.once('exit', tooHard);
  try {
    const done = await promise;
    if ('unconvertible' in done) throw new Unconvertible(done.unconvertible);
    const { buffer, byteOffset, length } = done.bytes;
    return Buffer.from(buffer, byteOffset, length);
  } finally {
    clearTimeout(timer);
    void worker.terminate();
  }
}
