// The thread of outgoing-apart.ts: cleans one quote and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { cleanQuoteNow, type QuoteInput } from './outgoing-apart.ts';

parentPort?.postMessage(cleanQuoteNow(workerData as QuoteInput));
