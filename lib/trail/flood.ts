// How much of one client the trail keeps in a minute. To be refused costs a client nothing and a row costs disk, so
// who is refused without end is noted for the first times only. Each process counts for itself.
import { uptimeMs } from '../clock.ts';

const maxPerMinute = 200;
const maxClients = 50_000;

let minute = 0;
let counts = new Map<string, number>();

/** Counts one event of `client` (limitKey); false where there were enough of them in this minute. */
export function mayRecord(client: string): boolean {
  const current = Math.floor(uptimeMs() / 60_000);
  if (current !== minute) {
    minute = current;
    counts = new Map();
  }
  const count = (counts.get(client) ?? 0) + 1;
  // More clients than anybody has in a minute: those who came first are noted.
  if (count === 1 && counts.size >= maxClients) return false;
  counts.set(client, count);
  return count <= maxPerMinute;
}
