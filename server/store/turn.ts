// Chains of database calls run as microtasks only (lib/db.ts): a long loop must let sockets and timers in.
import type { Steps } from '#lib/mail/steps.ts';

/** Resolves in the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Longest stretch for which a loop may keep others waiting: a NOOP takes some turns and has 20 ms. */
const stretchMs = 4;

/** For a loop of unknown cost: its `pause` gives way to others once the loop has run for a stretch. */
export function startLoop(): { pause(): Promise<void> } {
  let since = performance.now();
  return {
    async pause() {
      if (performance.now() - since < stretchMs) return;
      await nextTurn();
      since = performance.now();
    },
  };
}

/** Runs a long computation (lib/mail/steps.ts) so that others keep running; ends with the signal's reason. */
export async function runInTurns<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  const loop = startLoop();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    signal?.throwIfAborted();
    await loop.pause();
  }
}
