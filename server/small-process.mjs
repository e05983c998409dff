// How Node runs the two processes: small at rest (goal: 350 MB together; measured with
// `npm run bench -- start`, without these a third more), and without a fault of its own.

import { join } from 'node:path';

/** A small young generation: the memory it saves is worth more here than the few extra collections. */
const youngGeneration = '--max-semi-space-size=2';

/**
 * Off, because it can stop a process for ever (seen with gdb on Node 24.21): the compiling thread waits for
 * the main thread to collect garbage while the main thread waits for the compiling thread to end.
 */
const noConcurrentBaseline = '--no-concurrent-sparkplug';

/** The daemon keeps the optimising compilers: it works for every message. */
export const daemonFlags = [
  '--disable-warning=ExperimentalWarning',
  youngGeneration,
  noConcurrentBaseline,
];

/** The web app answers people, who are slow: code for size, database queries by the baseline compiler. */
export const webFlags = [...daemonFlags, '--optimize-for-size', '--no-wasm-tier-up'];

/**
 * glibc keeps an arena a thread and gives little back; one arena that trims itself is enough here. And what the last
 * process compiled serves the next: a command takes half its time, and what runs first runs compiled. Node goes
 * without where the folder cannot be written.
 */
export const processEnv = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '65536',
  NODE_COMPILE_CACHE:
    process.env.NODE_COMPILE_CACHE || join(import.meta.dirname, '../node_modules/.cache/drey-code'),
};
