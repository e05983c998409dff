// Beginning again after the storage failed (lib/storage-failure.ts): the process ends at once, and what it was
// starts anew in its place. No second process waits in memory for that: the running one is replaced
// (execve), which closes every socket and file, and the new one waits before it starts anything.
//
// `npm start` asks for it with DREY_RESTARTS; elsewhere (a unit with Restart=on-failure, tests, the command line)
// the process just ends with storageLostCode.
import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '#lib/log.ts';

/** The web app's process needs a moment to see that its parent is gone. */
const firstPauseMs = 2000;
const maxPauseMs = 60_000;
/** After so long a run the next failure is a new matter. */
const calmMs = 10 * 60_000;

/** How often it has begun again; null where it does not. */
function countRestarts(): number | null {
  const count = Number.parseInt(process.env.DREY_RESTARTS ?? '', 10);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** Waits where this is a beginning again: two seconds, then twice as long each time, a minute at most. */
export async function pauseAfterFailure(): Promise<void> {
  const restarts = countRestarts();
  if (!restarts) return;
  const pauseMs = Math.min(firstPauseMs * 2 ** (restarts - 1), maxPauseMs);
  log.warn({ restarts, pauseMs }, 'beginning again after a failure');
  // Nothing is open yet, so a signal may end it as it likes.
  await sleep(pauseMs);
}

/** True where this process began again already: then a start that fails is tried again too. */
export function isBeginningAgain(): boolean {
  return (countRestarts() ?? 0) > 0;
}

/** Ends this process at once with `code`, or begins again where that is asked for. Does not return. */
export function beginAgain(code: number): void {
  const restarts = countRestarts();
  if (restarts !== null && process.execve && process.platform !== 'win32') {
    const count = process.uptime() * 1000 > calmMs ? 1 : restarts + 1;
    const env = { ...process.env, DREY_RESTARTS: String(count) };
    process.execve(
      process.execPath,
      [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
      env,
    );
  }
  process.exit(code);
}
