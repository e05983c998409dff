// A PostgreSQL server of a test's own, on a socket in a temporary folder (no port), from the programs that
// are installed here. It refuses to run as root, so root lends it the user "postgres". It ends with the
// process that started it, however that ends.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { waitFor } from './daemon.ts';

export type Postgresql = {
  /** Of a database on it; without a name that of its maintenance. */
  urlOf(database?: string): string;
  /** Ends the server (open transactions are rolled back) and starts it again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** Where Debian keeps them, one folder a version. */
const installed = '/usr/lib/postgresql';

/** Folder of initdb and postgres of the newest version, or null. */
function findPrograms(): string | null {
  const versions = existsSync(installed) ? readdirSync(installed) : [];
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one));
  const folders = newestFirst.map((version) => join(installed, version, 'bin'));
  const path = (process.env.PATH ?? '').split(delimiter);
  return [...folders, ...path].find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** User and group it runs as; null where root has no such user. */
function findOwner(): { uid?: number; gid?: number } | null {
  if (process.getuid?.() !== 0) return {};
  const numberOf = (flag: string) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  const owner = { uid: numberOf('-u'), gid: numberOf('-g') };
  return owner.uid > 0 ? owner : null;
}

/** Why there is no PostgreSQL here, or false. */
export function postgresqlMissing(): string | false {
  return findPrograms() && findOwner() ? false : 'PostgreSQL is not installed here';
}

// Names sorted as people do, as most servers have it: what needs the order of bytes must ask for it.
const initOptions = ['-A', 'trust', '-U', 'drey', '--no-sync', '-E', 'UTF8', '--locale=C'];
const icuOptions = ['--locale-provider=icu', '--icu-locale=en-US'];

/** Whoever ends takes the server along: the shell reads until its input is closed. */
const script = `"$@" & read -r word; kill -INT $! && wait $!; [ "$word" = keep ] || rm -rf "$0"`;

/** Starts an empty server. Unless it `isDurable`, what it has committed may be lost with the power. */
export async function startPostgresql(isDurable = false): Promise<Postgresql> {
  const programs = findPrograms();
  const owner = findOwner();
  if (!programs || !owner) throw new Error('PostgreSQL is not installed here');
  const folder = mkdtempSync(join(tmpdir(), 'drey-pg-'));
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const run = (name: string, args: string[]) =>
    spawnSync(join(programs, name), args, { ...owner, encoding: 'utf8', cwd: folder });
  // Versions before 15 have no ICU for a whole cluster.
  const made = [[...initOptions, ...icuOptions], initOptions].map((options) =>
    existsSync(join(data, 'PG_VERSION')) ? null : run('initdb', ['-D', data, ...options]),
  );
  const failed = made.findLast((result) => result !== null);
  if (failed?.status) throw new Error(failed.stderr);
  const careless = isDurable
    ? []
    : ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'].flatMap((one) => ['-c', one]);
  // In its folder, and not in memory that stays behind when it is killed.
  const memory = ['-c', 'dynamic_shared_memory_type=mmap'];
  const options = ['-D', data, '-k', folder, '-c', 'listen_addresses=', ...memory, ...careless];
  const start = async () => {
    const args = ['-c', script, folder, join(programs, 'postgres'), ...options];
    const shell = spawn('sh', args, { ...owner, cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] });
    await waitFor(() => run('pg_isready', ['-h', folder]).status === 0, 'PostgreSQL');
    return shell;
  };
  let shell = await start();
  return {
    urlOf: (database = 'postgres') =>
      `postgresql://drey@localhost/${database}?host=${encodeURIComponent(folder)}`,
    restart: async () => {
      await end(shell, 'keep');
      shell = await start();
    },
    stop: async () => {
      await end(shell, '');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function end(shell: ChildProcess, word: string): Promise<void> {
  const ended = once(shell, 'exit');
  shell.stdin?.end(`${word}\n`);
  await ended;
}
