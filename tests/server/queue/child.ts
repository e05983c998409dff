// A queue in a process of its own, for a test that kills it. Its data folder comes by DREY_DATA.
import { startQueue } from '#server/queue/runner.ts';

await startQueue();
process.send?.('started');
setInterval(() => undefined, 60_000);
