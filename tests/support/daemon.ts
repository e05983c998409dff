// The real system for flow and browser tests: server/main.ts as a child process, with a data folder and
// ports of its own, on loopback only.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListenerName } from '#lib/env.ts';
import { daemonFlags, processEnv } from '#server/small-process.mjs';
import { startCliHost } from './cli-host.ts';

const root = join(import.meta.dirname, '..', '..');
const startWithinMs = 150_000;
const programLimitMs = 150_000;
const stopWithinMs = 60_000;
const portNames: ListenerName[] = [
  'web',
  'smtp',
  'submission',
  'submissions',
  'imap',
  'imaps',
  'pop3',
  'pop3s',
  'metrics',
];

export type CommandResult = { code: number | null; stdout: string; stderr: string };

export type Daemon = {
  ports: Record<ListenerName, number>;
  /** Where it listens: DREY_BIND, or 127.0.0.1 */
  host: string;
  /** "http://127.0.0.1:port" */
  url: string;
  folder: string;
  process: ChildProcess;
  /** All the daemon has printed so far. */
  output(): string;
  /** Runs `drey ARGS` (cli-host.ts); `input` goes to standard input. */
  drey(args: string[], input?: string): Promise<CommandResult>;
  /** The same as a process of its own, as a person does it. */
  dreyProcess(args: string[], input?: string): Promise<CommandResult>;
  /** Like drey, but throws where it fails; the JSON it printed. */
  dreyJson(args: string[], input?: string): Promise<unknown>;
  /** SIGTERM, waits, removes the folder. Resolves with the exit code and how long it took. */
  stop(): Promise<{ code: number | null; ms: number }>;
};

/** Starts the daemon on free ports. `env` adds to or replaces its environment, `flags` to those of its Node. */
export async function startDaemon(
  env: Record<string, string> = {},
  flags: string[] = [],
): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-flow-'));
  const environment: Record<string, string | undefined> = {
    ...process.env,
    ...processEnv,
    DREY_DATA: folder,
    DREY_LOG_LEVEL: 'info',
    DREY_BIND: '127.0.0.1',
    // Nobody confirms risky changes of a test.
    DREY_TEST_CONFIRM_MS: '36000000',
    ...Object.fromEntries(portNames.map((name) => [`DREY_${name.toUpperCase()}_PORT`, '0'])),
    ...env,
  };
  delete environment.NODE_TEST_CONTEXT;
  const child = fork(join(root, 'server', 'main.ts'), [], {
    cwd: root,
    env: environment as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [...daemonFlags, ...flags],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
    });
  }
  const ports = await waitReady(child, () => printed).catch((error) => {
    removeFolder(folder);
    throw error;
  });
  const cliEnv = { ...environment, DREY_LOG_LEVEL: 'silent' } as unknown as NodeJS.ProcessEnv;
  const host = startCliHost(cliEnv);
  const drey = (args: string[], input = '') => host.run(args, input);
  const dreyProcess = (args: string[], input = '') =>
    runProgram(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(root, 'server', 'cli', 'main.ts'), ...args],
      input,
      cliEnv,
    );
  const boundTo = environment.DREY_BIND || '127.0.0.1';
  return {
    ports,
    host: boundTo,
    url: `http://${boundTo}:${ports.web}`,
    folder,
    process: child,
    output: () => printed,
    drey,
    dreyProcess,
    dreyJson: async (args, input) => {
      const result = await drey([...args, '--json'], input);
      if (result.code !== 0) throw new Error(`drey ${args.join(' ')}: ${result.stderr}`);
      return JSON.parse(result.stdout);
    },
    stop: async () => {
      host.end();
      const started = performance.now();
      const code = await endProcess(child);
      const ms = performance.now() - started;
      removeFolder(folder);
      return { code, ms };
    },
  };
}

/** Who was killed leaves children that may write for a moment still. */
function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function waitReady(
  child: ChildProcess,
  printed: () => string,
): Promise<Record<ListenerName, number>> {
  return new Promise((resolve, reject) => {
    const fail = (text: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`${text}\n${printed()}`));
    };
    const timer = setTimeout(() => fail('The daemon did not start in time.'), startWithinMs);
    child.once('exit', (code) => fail(`The daemon ended at its start with code ${code}.`));
    child.on('message', (message: { kind?: string; ports?: Record<ListenerName, number> }) => {
      if (message.kind !== 'ready' || !message.ports) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(message.ports);
    });
  });
}

async function endProcess(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => resolve(code)),
  );
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  const code = await ended;
  clearTimeout(timer);
  return code;
}

/** Runs a program to its end; one that hangs is killed, and named. */
export function runProgram(
  command: string,
  args: string[],
  input = '',
  env = process.env,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'], cwd: root });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      const said = `${stdout}${stderr}`.slice(-2000);
      reject(new Error(`${command} ${args.join(' ')}: does not end\n${said}`));
    }, programLimitMs);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
    // A program that ends before it has read everything closes the pipe; that is its business.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Until the system at `url` says that all of it works; what it says. */
export function waitHealthy(url: string): Promise<unknown> {
  return waitFor(async () => {
    const answer = await fetch(`${url}/api/health`).catch(() => null);
    return answer?.status === 200 && answer.json();
  }, `a healthy system at ${url}`);
}

/** Asks `probe` again until it gives something, or fails after `withinMs`. */
export async function waitFor<T>(
  probe: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  what: string,
  withinMs = 150_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
