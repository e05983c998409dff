// Loaded into the daemon by a bench (--import): measures how long its event loop stood still. At SIGUSR2 it
// writes the figures since the last time, in milliseconds, to the file that DREY_BENCH_DELAY names. Where
// DREY_BENCH_PROFILE names a folder, what ran in between goes there too, as 1.cpuprofile, 2.cpuprofile and so on.
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const file = process.env.DREY_BENCH_DELAY;
if (file) {
  // So that the web app's process, which inherits the flags, does not answer too.
  delete process.env.DREY_BENCH_DELAY;
  const folder = process.env.DREY_BENCH_PROFILE;
  delete process.env.DREY_BENCH_PROFILE;
  const profiler = folder ? startProfiler(folder) : null;
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
    profiler?.next();
  });
}

/** Writes the profile so far and begins another one, at each `next`. */
function startProfiler(folder) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 200 });
  session.post('Profiler.start');
  let count = 0;
  return {
    next: () => {
      session.post('Profiler.stop', (_error, result) => {
        count += 1;
        writeFileSync(join(folder, `${count}.cpuprofile`), JSON.stringify(result?.profile));
      });
      session.post('Profiler.start');
    },
  };
}
