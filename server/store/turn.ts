// Giving way: chains of database calls run as microtasks only (lib/db.ts), so a long loop must let sockets and
// timers in.
//
// Invariant: all loops of the process together run for one stretch in a turn of the event loop, then everybody
// else has a turn; those that wait go on in their order, however many they are.
import type { Steps } from '#lib/mail/steps.ts';

/** Longest stretch for which loops may keep others waiting: a NOOP takes some turns and has 20 ms. */
const stretchMs = 4;

/** Those who gave way, in their order. */
const waiting: (() => void)[] = [];
let turn = 0;
/** Of the stretch of this turn; null while no loop has run in it. */
let beganAt: number | null = null;

/** How long loops have run in this turn. */
function stretch(): number {
  const now = performance.now();
  if (beganAt === null) {
    beganAt = now;
    // Behind the sockets, before those that wait.
    const own = turn;
    setImmediate(() => beginTurn(own + 1));
  }
  return now - beganAt;
}

function beginTurn(number: number): void {
  if (number <= turn) return;
  turn = number;
  beganAt = null;
}

/** Lets the next one of those that wait go on, in the next turn, or whenever there is room. */
function goOnLater(): void {
  const next = turn + 1;
  setImmediate(() => {
    beginTurn(next);
    if (stretch() < stretchMs) waiting.shift()?.();
    else goOnLater();
  });
}

/** Resolves in a later turn of the event loop, mostly the next one. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    goOnLater();
  });
}

/** For a loop of unknown cost: its `pause` gives way to others once loops have run for a stretch. */
export function startLoop(): { pause(): Promise<void> } {
  stretch();
  return {
    async pause() {
      if (stretch() >= stretchMs) await nextTurn();
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
