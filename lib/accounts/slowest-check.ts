// How long it takes to look at hashes that other servers made. One that costs seconds (bcrypt of cost 13) is answered later than
// security.failureDelayMs says, which would tell that the account is there: so every failure waits as long as such a look has
// taken lately in this process.
//
// What that leaves: the first such answer of a day in a process, and many tries at once, which wait for one another. Nothing
// is ever computed for accounts that are not there: an attacker would have seconds of a processor for each name.
import { uptimeMs } from '../clock.ts';

const rememberedMs = 86_400_000;
/** No two take equally long. */
const margin = 1.25;
/** Others' typing errors wait no longer for it. */
const longestMs = 5000;

let slowest = { tookMs: 0, atMs: 0 };

const isOver = () => uptimeMs() - slowest.atMs > rememberedMs;

/** A hash of another server was looked at. */
export function noteSlowCheck(tookMs: number): void {
  if (tookMs > slowest.tookMs || isOver()) slowest = { tookMs, atMs: uptimeMs() };
  // Of the same kind: it is still here.
  else if (tookMs * 2 > slowest.tookMs) slowest.atMs = uptimeMs();
}

/** Milliseconds from the beginning of a try that any failure is to take at least. */
export function readLeastWait(): number {
  return isOver() ? 0 : Math.min(slowest.tookMs * margin, longestMs);
}
