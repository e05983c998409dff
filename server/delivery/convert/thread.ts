// The thread of apart.ts: converts one message and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { conversions, type Done, type Task } from './apart.ts';
import { Unconvertible } from './seven-bit.ts';

const { kind, bytes } = workerData as Task;
const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
let done: Done;
try {
  done = { bytes: await conversions[kind](message) };
} catch (error) {
  if (!(error instanceof Unconvertible)) throw error;
  done = { unconvertible: error.message };
}
parentPort?.postMessage(done);
