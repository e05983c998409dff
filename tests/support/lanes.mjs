// How `npm test` runs test files: one process a file (or one for several that go together), two at a time. A process
// that does not end in its time is killed with all it started, and its file is named. Plain JavaScript for Node 20.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pinnedNode, root } from '../../server/prepare.mjs';

/** A job that takes longer hangs: the slowest takes a tenth of it on a quiet machine of two cores. */
const limitMinutes = (files) => Math.min(45, 10 + 2 * files.length);
/** Of one test; a test may say more. */
const testLimitMs = 400_000;
const reporter = join(root, 'tests', 'support', 'reporter.mjs');

/**
 * A part of the run whose results are told together.
 * @typedef {{ name: string, passed: number, failed: number, open: number, end(group: Group): void }} Group
 * @typedef {{ group: Group, files: string[], env?: Record<string, string> }} Job
 */

/** Files of one job share a process, one after the other; what they print goes on to `print`. */
export function runJob({ group, files, env = {} }, print) {
  const isAlone = files.length === 1;
  const args = [
    '--disable-warning=ExperimentalWarning',
    ...(isAlone ? [] : ['--test', '--test-isolation=none']),
    `--test-timeout=${testLimitMs}`,
    `--test-reporter=${reporter}`,
    ...files,
  ];
  return new Promise((resolve) => {
    const child = spawn(pinnedNode, args, {
      cwd: root,
      // A process group of its own, so that what it started can be ended with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, DREY_LOG_LEVEL: process.env.DREY_LOG_LEVEL ?? 'silent', ...env },
    });
    const end = () => endGroup(child);
    // Before the folder goes in which they write.
    process.prependListener('exit', end);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, limitMinutes(files) * 60_000);
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      print(chunk.toString('utf8').replace(/^counts .*\n/gm, ''));
    });
    // Nothing may stay behind, a server of a test that failed for instance.
    child.on('exit', end);
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('exit', end);
      const counts = /^counts (\d+) (\d+)$/m.exec(text);
      const failed = Number(counts?.[2] ?? 0);
      group.passed += Number(counts?.[1] ?? 0);
      group.failed += failed;
      // What broke before it could count, or while it ended, is a failure too.
      if (isLate || !counts || (code !== 0 && failed === 0)) {
        group.failed += 1;
        const why = isLate ? `did not end in ${limitMinutes(files)} minutes` : `ended with ${code}`;
        print(`FAIL  ${files.join(' ')}: ${why}\n`);
      }
      group.open -= 1;
      if (group.open === 0) group.end(group);
      resolve();
    });
  });
}

function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

/**
 * Works off two queues of functions: one lane takes from the first as long as it holds anything, the other from the
 * second, so that what computes runs beside what waits; whoever is through helps the other.
 */
export async function runLanes(first, second) {
  const work = async (...queues) => {
    for (;;) {
      const next = queues.find((queue) => queue.length > 0)?.shift();
      if (!next) return;
      await next();
    }
  };
  await Promise.all([work(first, second), work(second, first)]);
}
