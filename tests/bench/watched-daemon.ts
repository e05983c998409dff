// The daemon with an eye on it: what processor time it took and how long its event loop stood still.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';

export type Watched = Daemon & {
  /** Milliseconds of processor time of the daemon so far (Linux; NaN elsewhere). */
  readCpuMs(): number;
  /** Its memory now, in megabytes, without the web app (Linux; NaN elsewhere). */
  readMemoryMb(): number;
  /** Milliseconds by which its event loop was late since the last call. */
  takeLoopDelay(): Promise<{ p99: number; max: number }>;
};

/** Linux counts in hundredths of a second. */
const msPerTick = 10;

export async function startWatchedDaemon(env: Record<string, string> = {}): Promise<Watched> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-bench-'));
  const file = join(folder, 'delay.json');
  const probe = join(import.meta.dirname, 'loop-delay.mjs');
  const daemon = await startDaemon({
    DREY_LOG_LEVEL: 'warn',
    NODE_OPTIONS: `--import=${probe}`,
    DREY_BENCH_DELAY: file,
    ...env,
  });
  return {
    ...daemon,
    readCpuMs: () => readCpuMs(daemon.process.pid as number),
    readMemoryMb: () => readMemoryMb(daemon.process.pid as number),
    takeLoopDelay: async () => {
      rmSync(file, { force: true });
      daemon.process.kill('SIGUSR2');
      while (!existsSync(file)) await sleep(10);
      return JSON.parse(readFileSync(file, 'utf8'));
    },
    stop: async () => {
      const stopped = await daemon.stop();
      rmSync(folder, { recursive: true, force: true });
      return stopped;
    },
  };
}

function readCpuMs(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  // proc(5): fields 14 and 15, counted behind the name in brackets.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

function readMemoryMb(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]) / 1000;
}
