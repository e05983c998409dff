// The thread of thread-host.ts: verifies one hash after the other.
import { parentPort } from 'node:worker_threads';
import { readHash } from './read.ts';

export type ToThread = { id: number; stored: string; password: string };
export type FromThread = { id: number; fits: boolean };

parentPort?.on('message', async ({ id, stored, password }: ToThread) => {
  const found = readHash(stored);
  const fits = (await found?.scheme.verify(found.body, Buffer.from(password))) ?? false;
  parentPort?.postMessage({ id, fits } satisfies FromThread);
});
