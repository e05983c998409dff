// For tests of what begins anew each day (UTC): they would see the end of one day and the beginning of the next.
import { setTimeout as sleep } from 'node:timers/promises';

const dayMs = 86_400_000;
const marginMs = 1000;

/** Where midnight (UTC) is nearer than `withinMs`, waits until it has gone by; so long the hook or test needs as its time. */
export async function passMidnight(withinMs: number): Promise<void> {
  const leftMs = dayMs - (Date.now() % dayMs);
  if (leftMs < withinMs) await sleep(leftMs + marginMs);
}
