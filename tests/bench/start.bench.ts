// The process as a whole: how soon it serves on a second start, what it weighs at rest, how soon it is gone.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from '#tests/support/daemon.ts';
import type { Bench } from './run.ts';

const runs = 5;
const restMs = 5000;

/** "Pss" or "Rss" of a process and all below it, in MB; Pss counts shared pages once. Linux only. */
function weigh(pid: number, what: 'Pss' | 'Rss'): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => readParent(name) === pid);
  return readSize(pid, what) + children.reduce((sum, child) => sum + weigh(Number(child), what), 0);
}

function readParent(pid: string): number {
  try {
    return Number(/\) \w (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    // Ended meanwhile.
    return 0;
  }
}

function readSize(pid: number, what: 'Pss' | 'Rss'): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1000;
}

export const bench: Bench = {
  help: 'seconds to serve, memory at rest, seconds to stop (daemon and web app; not npm itself)',
  run: async () => {
    const ready: number[] = [];
    const proportional: number[] = [];
    const resident: number[] = [];
    const stop: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const started = performance.now();
      const daemon = await startDaemon();
      const health = await fetch(`${daemon.url}/api/health`);
      if (health.status !== 200) throw new Error(`health says ${health.status}`);
      ready.push((performance.now() - started) / 1000);
      await fetch(`${daemon.url}/login`);
      await sleep(restMs);
      if (process.platform === 'linux') {
        proportional.push(weigh(daemon.process.pid as number, 'Pss'));
        resident.push(weigh(daemon.process.pid as number, 'Rss'));
      }
      stop.push((await daemon.stop()).ms / 1000);
    }
    return [
      { name: 'from start to a healthy answer (goal 5)', unit: 's', values: ready },
      {
        name: 'memory at rest, PSS of both processes (goal 350)',
        unit: 'MB',
        values: proportional,
      },
      { name: 'the same, RSS (shared pages twice)', unit: 'MB', values: resident },
      { name: 'from SIGTERM to the end (goal 5)', unit: 's', values: stop },
    ];
  },
};
