// Signs of life of a command that takes long (RFC 9585), so that neither the client nor a router between gives up.

import type { Progress } from '#server/store/progress.ts';

/** RFC 9585 §4: neither often nor never. */
const intervalMs = 10_000;

/**
 * Waits for `work`, and calls `report` each time it has taken ten seconds more. Resolves after the last report
 * is through; `report` must not reject.
 */
export async function withProgress<T>(work: Promise<T>, report: () => Promise<void>): Promise<T> {
  let reporting: Promise<void> | null = null;
  const timer = setInterval(() => {
    // Who does not read the last one gets no further.
    reporting ??= report().finally(() => {
      reporting = null;
    });
  }, intervalMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    await reporting;
  }
}

/** RFC 9585 §4: what is done is less than the goal, or neither is told. */
export function formatProgress({ done, goal }: Progress): string {
  return goal > 0 ? `${Math.min(done, goal - 1)} ${goal}` : 'NIL NIL';
}
