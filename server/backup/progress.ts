// How far a long job is: a callback that the command line turns into a line on the terminal.

/** `total` is null where it is not known. */
export type Progress = (what: string, done: number, total: number | null) => void;

export const noProgress: Progress = () => undefined;

const everyMs = 200;

/** Writes progress over itself on standard error, where that is a terminal. `end` clears the line. */
export function showProgress(): { progress: Progress; end(): void } {
  if (!process.stderr.isTTY) return { progress: noProgress, end: () => undefined };
  let lastMs = 0;
  return {
    progress: (what, done, total) => {
      const nowMs = performance.now();
      if (nowMs - lastMs < everyMs && done !== total) return;
      lastMs = nowMs;
      const percent = total ? ` (${Math.floor((100 * done) / Math.max(total, 1))} %)` : '';
      process.stderr.write(`\r\u001b[K${what}: ${done}${total ? ` of ${total}` : ''}${percent}`);
    },
    end: () => process.stderr.write('\r\u001b[K'),
  };
}
