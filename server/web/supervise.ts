// Runs the web app as a child process and starts it again when it dies. Its listeners are kept here as those of the daemon
// are; the sockets are the child's (messages.ts).
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { deriveKey } from '#lib/accounts/secret.ts';
import { logOf } from '#lib/log.ts';
import { authentications } from '../metrics/index.ts';
import { type OpenListener, openListener, type Protocol } from '../net/listeners.ts';
import type { Running } from '../net/running.ts';
import { processEnv, webFlags } from '../small-process.mjs';
import {
  type Answer,
  type Question,
  signedIn,
  type ToParent,
  type WebListener,
} from './messages.ts';

const log = logOf('web');
const readyWithinMs = 60_000;
const stopWithinMs = 2500;
const maxRestartWaitMs = 30_000;

/** Starts the web app. Rejects with one sentence where a port is taken. */
export async function startWeb(): Promise<Running> {
  let isStopping = false;
  let restartWaitMs = 500;
  let child = await launch();
  const ask = (question: Question) => askChild(child, question);
  const listeners: OpenListener[] = [];
  for (const name of ['web', 'https'] as const) {
    try {
      listeners.push(await openListener(webProtocol(name, ask)));
    } catch (error) {
      await stop();
      throw error;
    }
  }

  async function launch(): Promise<ChildProcess> {
    const started = fork(join(import.meta.dirname, 'child.ts'), [], {
      env: {
        ...process.env,
        ...processEnv,
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        AUTH_TRUST_HOST: 'true',
        NEXTAUTH_SECRET: deriveKey('web sessions').toString('base64'),
      },
      execArgv: webFlags,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [started.stdout, started.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', logLine);
    }
    await waitPrepared(started);
    started.on('message', countSignIn);
    started.setMaxListeners(0);
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
        for (const listener of listeners) await listener.reopen();
        return;
      } catch (error) {
        log.error({ err: error }, 'the web app did not start');
      }
    }
  }

  async function stop(): Promise<void> {
    isStopping = true;
    await Promise.all(listeners.map((listener) => listener.close()));
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const isLate = await Promise.race([
      ended.then(() => false),
      sleep(stopWithinMs, true, { ref: false }),
    ]);
    if (isLate) child.kill('SIGKILL');
    await ended;
  }

  return {
    get ports() {
      const [web, https] = listeners;
      return { web: web?.port, https: https?.port };
    },
    stop,
  };
}

function webProtocol(name: WebListener, ask: (question: Question) => Promise<Answer>): Protocol {
  let count = 0;
  return {
    name,
    open: async (address, isBeside) => {
      count += 1;
      const socket = count * 2 + (name === 'web' ? 0 : 1);
      const { port = 0 } = await ask({ kind: 'open', socket, name, address, isBeside });
      return {
        port,
        close: async () => {
          // Where the child is gone, so is the socket.
          await ask({ kind: 'close', socket }).catch(() => {});
        },
      };
    },
    countSessions: async () => {
      const { count: open = 0 } = await ask({ kind: 'count', name }).catch((): Answer => ({}));
      return open;
    },
  };
}

function countSignIn(message: unknown): void {
  const { data: told } = signedIn.safeParse(message);
  if (told) authentications.inc({ protocol: told.protocol, result: told.result });
}

let lastId = 0;

/** Rejects as the child says, or when it ends. */
function askChild(child: ChildProcess, question: Question): Promise<Answer> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null, answer: Answer = {}) => {
      child.off('message', hear).off('exit', miss);
      if (error) reject(error);
      else resolve(answer);
    };
    const hear = (message: unknown) => {
      const told = message as ToParent | null;
      if (told?.kind !== 'answer' || told.id !== id) return;
      const { error, code } = told;
      settle(error === undefined ? null : Object.assign(new Error(error), { code }), told);
    };
    const miss = () => settle(new Error('the web app does not run'));
    child.on('message', hear).once('exit', miss);
    if (child.connected) child.send({ ...question, id }, (error) => error && settle(error));
    else miss();
  });
}

function waitPrepared(child: ChildProcess): Promise<void> {
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
    child.once('message', () => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve();
    });
  });
}

/** The child's own log lines are structured already; what Next prints becomes one. */
function logLine(line: string): void {
  if (line.startsWith('{')) process.stdout.write(`${line}\n`);
  else if (line.trim() !== '') log.info(line.trimEnd().slice(0, 2000));
}
