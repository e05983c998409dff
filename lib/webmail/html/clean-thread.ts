// The thread of clean-apart.ts: cleans one message and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { type CleanOptions, cleanHtml } from './clean-html.ts';

const { source, options } = workerData as { source: string; options: CleanOptions };
parentPort?.postMessage(cleanHtml(source, options));
