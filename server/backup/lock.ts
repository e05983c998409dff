// One at a time in a backup folder: a file that says who is there. It is given its name whole (link), so
// whoever finds it can tell whether its owner is still alive, and takes over from one that is not.

import { readFileSync, rmSync } from 'node:fs';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { now } from '#lib/clock.ts';
import { Refusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { isMissing } from './durable-file.ts';

type Owner = {
  token: string;
  host: string;
  boot: string;
  pid: number;
  started: string;
  work: string;
};

const beatMs = 20_000;
/** An owner on another machine that was silent for so long is gone. */
const silentMs = 15 * 60_000;

/** Lets go of the folder. */
export type Release = () => Promise<void>;

/**
 * Takes the folder for itself; `work` names what for. Refusal 'in-use' while somebody else has it. Resolves
 * with null where the folder cannot be written at all and `mayBeReadOnly`.
 */
export async function lockFolder(
  folder: string,
  work: string,
  mayBeReadOnly: boolean,
): Promise<Release | null> {
  const path = join(folder, 'lock');
  const own: Owner = {
    token: newId(),
    host: hostname(),
    boot: readLine('/proc/sys/kernel/random/boot_id'),
    pid: process.pid,
    started: startOf(process.pid),
    work,
  };
  const draft = `${path}.${own.token}`;
  try {
    await writeFile(draft, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const isReadOnly = ['EROFS', 'EACCES', 'EPERM'].includes(
      String((error as NodeJS.ErrnoException).code),
    );
    if (isReadOnly && mayBeReadOnly) return null;
    throw error;
  }
  try {
    while (!(await tryLink(draft, path))) await removeStale(path, own);
  } finally {
    await rm(draft, { force: true });
  }
  const beat = setInterval(() => {
    const time = new Date();
    void utimes(path, time, time).catch(() => undefined);
  }, beatMs);
  beat.unref();
  // A command that is ended on its way (process.exit) has no time for more.
  const letGo = () => rmSync(path, { force: true });
  process.once('exit', letGo);
  return async () => {
    process.removeListener('exit', letGo);
    clearInterval(beat);
    if ((await readOwner(path))?.token === own.token) await rm(path, { force: true });
  };
}

async function tryLink(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of an owner that is no more. Refusal 'in-use' for one that is. */
async function removeStale(path: string, own: Owner): Promise<void> {
  const owner = await readOwner(path);
  if (!owner) return;
  if (await isAlive(path, owner, own)) {
    throw new Refusal(
      'in-use',
      `The backup folder is in use: ${owner.work} by process ${owner.pid} on ${owner.host}. Try again later. (Where that is wrong, remove the file ${path}.)`,
    );
  }
  const aside = `${path}.${newId()}`;
  await rename(path, aside).catch((error) => {
    if (!isMissing(error)) throw error;
  });
  // Somebody else was quicker and this is already the next one's: back with it.
  const taken = await readOwner(aside);
  if (taken && taken.token !== owner.token) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function isAlive(path: string, owner: Owner, own: Owner): Promise<boolean> {
  if (owner.host !== own.host) {
    const beaten = await stat(path).catch(() => null);
    return beaten !== null && now().getTime() - beaten.mtimeMs < silentMs;
  }
  if (owner.boot !== own.boot) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  // A process number is used again; the time of its start tells one from the other.
  return owner.started === startOf(owner.pid);
}

async function readOwner(path: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner;
  } catch (error) {
    if (isMissing(error)) return null;
    throw new Refusal(
      'in-use',
      `The lock ${path} cannot be read. Remove it when nobody uses the backup.`,
    );
  }
}

/** When a process started, in the kernel's own count; empty where that cannot be told. */
function startOf(pid: number): string {
  return readLine(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? '';
}

function readLine(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
