// Loaded into the daemon by a bench (--import): measures how long its event loop stood still. At SIGUSR2 it
// writes the figures since the last time, in milliseconds, to the file that DREY_BENCH_DELAY names.
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const file = process.env.DREY_BENCH_DELAY;
if (file) {
  // So that the web app's process, which inherits the flags, does not answer too.
  delete process.env.DREY_BENCH_DELAY;
  const resolution = 1;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  process.on('SIGUSR2', () => {
    // The timer that measures waits `resolution` itself.
    const toMs = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
    const figures = { p99: toMs(delay.percentile(99)), max: toMs(delay.max) };
    writeFileSync(`${file}.new`, JSON.stringify(figures));
    renameSync(`${file}.new`, file);
    delay.reset();
  });
}
