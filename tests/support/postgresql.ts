// A PostgreSQL server of a test's own, in a temporary folder on a free loopback port, from the programs that
// are installed here. It refuses to run as root, so root lends it the user "postgres".
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './daemon.ts';

export type Postgresql = { url: string; stop(): Promise<void> };

const installed = '/usr/lib/postgresql';

/** Folder of initdb and postgres of the newest version, or null. */
function findPrograms(): string | null {
  const versions = existsSync(installed) ? readdirSync(installed).sort() : [];
  const folders = versions.map((version) => join(installed, version, 'bin'));
  return folders.reverse().find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
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

/** Starts an empty server. */
export async function startPostgresql(): Promise<Postgresql> {
  const programs = findPrograms();
  const owner = findOwner();
  if (!programs || !owner) throw new Error('PostgreSQL is not installed here');
  const folder = mkdtempSync(join(tmpdir(), 'drey-pg-'));
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const run = (name: string, args: string[]) =>
    spawnSync(join(programs, name), args, { ...owner, encoding: 'utf8', cwd: folder });
  const made = run('initdb', [
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'drey',
    '--no-sync',
    '-E',
    'UTF8',
    '--locale=C',
  ]);
  if (made.status !== 0) throw new Error(made.stderr);
  const port = await findFreePort();
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder];
  const server = spawn(join(programs, 'postgres'), options, {
    ...owner,
    cwd: folder,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const isReady = () => run('pg_isready', ['-h', '127.0.0.1', '-p', String(port)]).status === 0;
  await waitFor(isReady, 'PostgreSQL');
  return {
    url: `postgresql://drey@127.0.0.1:${port}/postgres`,
    stop: async () => {
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
