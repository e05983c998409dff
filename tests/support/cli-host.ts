// The command line in one process for many commands: what `drey …` prints and its exit code, without the start of a
// process each time. It reads and writes the database beside the daemon as a process of its own does; its program is
// loaded anew for each command, and the database is opened anew. A child of startCliHost.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { CommandResult } from './daemon.ts';

type Order = { args: string[]; input: string };

export type CliHost = {
  /** One after the other. */
  run(args: string[], input: string): Promise<CommandResult>;
  end(): void;
};

const program = join(import.meta.dirname, '..', '..', 'server', 'cli', 'main.ts');
/** Not those of the runner of tests. */
const execArgv = ['--disable-warning=ExperimentalWarning'];
const withinMs = 150_000;

/** Starts nothing before the first command. `env` is the whole environment. */
export function startCliHost(env: NodeJS.ProcessEnv): CliHost {
  let child: ChildProcess | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const end = () => {
    child?.kill('SIGKILL');
    child = null;
  };
  const runNow = (order: Order) => {
    child ??= fork(import.meta.filename, ['serve'], { env, execArgv });
    const host = child;
    host.ref();
    return new Promise<CommandResult>((resolve, reject) => {
      const settle = (then: () => void) => {
        clearTimeout(timer);
        host.removeAllListeners();
        // An idle one keeps no test alive.
        host.unref();
        host.channel?.unref();
        then();
      };
      const fail = (why: string) => {
        end();
        settle(() => reject(new Error(`drey ${order.args.join(' ')}: ${why}`)));
      };
      const timer = setTimeout(() => fail('does not end'), withinMs);
      host.channel?.ref();
      host.once('exit', (code) => fail(`its process ended with ${code}`));
      host.once('message', (result: CommandResult) => settle(() => resolve(result)));
      host.send(order);
    });
  };
  return {
    run: (args, input) => {
      const result = last.then(() => runNow({ args, input }));
      last = result.catch(() => {});
      return result;
    },
    end,
  };
}

/** In the child: runs what it is told. */
function serve(): void {
  let count = 0;
  process.on('message', async ({ args, input }: Order) => {
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      process[name].write = (chunk: string | Uint8Array) => {
        printed[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
        return true;
      };
    }
    const stdin = Readable.from([Buffer.from(input)], { objectMode: false });
    Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
    process.argv = [process.execPath, program, ...args];
    process.exitCode = undefined;
    try {
      await import(`${program}?${count++}`);
    } catch (error) {
      process.exitCode = 1;
      printed.stderr += (error as Error).stack;
    }
    process.send?.({ code: Number(process.exitCode ?? 0), ...printed });
  });
}

if (process.argv[2] === 'serve') serve();
