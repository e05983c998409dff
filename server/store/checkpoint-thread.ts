// The thread that copies committed pages from SQLite's log into the database (checkpoints.ts).
import { parentPort, workerData } from 'node:worker_threads';
import { openCheckpoints } from '#lib/dialect/checkpoint-file.ts';

export type ToThread = 'run' | 'stop';

const port = parentPort!;
const checkpoints = openCheckpoints(workerData as string);

port.on('message', (message: ToThread) => {
  if (message === 'stop') {
    checkpoints.close();
    port.close();
    return;
  }
  checkpoints.run();
  port.postMessage('done');
});
