// Runs the web app as a child process and starts it again when it dies.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { deriveKey } from '#lib/accounts/secret.ts';
import { portOf } from '#lib/env.ts';
import { logOf } from '#lib/log.ts';
import { listenHost } from '../net/bind.ts';
import { explain } from '../net/listener.ts';
import type { Running } from '../net/running.ts';
import { processEnv, webFlags } from '../small-process.mjs';

type Told = { kind: 'ready'; port: number } | { kind: 'failed'; code: string; text: string };

const log = logOf('web');
const readyWithinMs = 60_000;
const stopWithinMs = 2500;
const maxRestartWaitMs = 30_000;

/** Starts the web app; `env` names the daemon's ports. Throws one sentence where the port is taken. */
export async function startWeb(env: Record<string, string>): Promise<Running> {
  let host = await listenHost();
  let environment = env;
  let port = portOf('web');
  let isStopping = false;
  let restartWaitMs = 500;
  let child = await launch();

  async function launch(): Promise<ChildProcess> {
    const started = fork(join(import.meta.dirname, 'child.ts'), [host, String(port)], {
      env: {
        ...process.env,
        ...processEnv,
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        AUTH_TRUST_HOST: 'true',
        NEXTAUTH_SECRET: deriveKey('web sessions').toString('base64'),
        ...environment,
      },
      execArgv: webFlags,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [started.stdout, started.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', logLine);
    }
    port = await waitReady(started, host, port);
    started.once('exit', (code, signal) => void restart(code, signal));
    return started;
  }

  async function restart(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    while (!isStopping) {
      log.error({ code, signal, waitMs: restartWaitMs }, 'the web app ended; starting it again');
      await sleep(restartWaitMs);
      restartWaitMs = Math.min(restartWaitMs * 2, maxRestartWaitMs);
      if (isStopping) return;
      try {
        child = await launch();
        return;
      } catch (error) {
        log.error({ err: error }, 'the web app did not start');
      }
    }
  }

  return {
    ports: { web: port },
    move: async (to, changed) => {
      host = to;
      environment = changed;
      const told = new Promise<void>((resolve) => {
        child.once('message', () => resolve());
        child.once('exit', () => resolve());
      });
      child.send({ kind: 'move', host, env: environment });
      // A child that fails here ends, and is started again on the new address.
      await told;
    },
    stop: async () => {
      isStopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const isLate = await Promise.race([
        ended.then(() => false),
        sleep(stopWithinMs, true, { ref: false }),
      ]);
      if (isLate) child.kill('SIGKILL');
      await ended;
    },
  };
}

function waitReady(child: ChildProcess, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (text: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(text));
    };
    const timer = setTimeout(
      () => fail('The web app did not start within a minute.'),
      readyWithinMs,
    );
    child.once('exit', (code) => fail(`The web app ended at its start (exit code ${code}).`));
    child.on('message', (message) => {
      const told = message as Told;
      if (told.kind === 'failed') {
        const error = Object.assign(new Error(told.text), { code: told.code });
        return fail(explain(error, { name: 'web', host, port }).message);
      }
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(told.port);
    });
  });
}

/** The child's own log lines are structured already; what Next prints becomes one. */
function logLine(line: string): void {
  if (line.startsWith('{')) process.stdout.write(`${line}\n`);
  else if (line.trim() !== '') log.info(line.trimEnd().slice(0, 2000));
}
