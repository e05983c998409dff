// Ctrl+C and SIGTERM end a command at once, with a sentence that says where that leaves the work. Nothing has to be
// put in order for that: every command may be killed between any two steps.
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `text` is what to say, "Stopped." where there is nothing else to know. The process ends by that signal. */
export function stopOnSignals(text = 'Stopped.'): void {
  for (const signal of signals) {
    process.removeAllListeners(signal);
    process.once(signal, () => {
      // A line of progress may stand there.
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
      process.stderr.write(`${text}\n`);
      // process.exit would wait for a thread that a dead network disk holds; what listens to the end is told before.
      process.emit('exit', 128 + constants.signals[signal]);
      process.kill(process.pid, signal);
    });
  }
}
