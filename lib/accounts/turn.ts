// Tries to sign in from one address take turns: a throttle that counts outcomes sees nothing of a thousand guesses
// that are all on their way at once. A few at a time cost an honest office nothing, since checking a password
// keeps a processor busy anyway.
import { limitKey, plainAddress } from './network.ts';

const atOnce = 4;

const lines = new Map<string, { running: number; waiting: (() => void)[] }>();

/** Runs `work` when few tries of this address are under way in this process. */
export async function takeTurn<T>(remote: string, work: () => Promise<T>): Promise<T> {
  const key = limitKey(plainAddress(remote));
  const line = lines.get(key) ?? { running: 0, waiting: [] };
  lines.set(key, line);
  // A place is handed over, never left open between two.
  if (line.running < atOnce) line.running++;
  else await new Promise<void>((resolve) => line.waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = line.waiting.shift();
    if (next) next();
    else if (--line.running === 0) lines.delete(key);
  }
}
