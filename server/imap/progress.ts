// Signs of life of a command that takes long (RFC 9585), so that neither the client nor a router between gives up.

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
