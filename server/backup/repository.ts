// A backup folder:
//
//   drey-backup.json   says what it is
//   bodies/            bodies of messages (objects.ts)
//   rows/              rows of tables in chunks, sheets of accounts, files of the data folder (objects.ts)
//   snapshots/         one file for each backup that was made (snapshot.ts)
//   restores.json      how often something was restored from here (numbers.ts)
//   lock               who is at work
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { dataFolder } from '#lib/env.ts';
import { Refusal } from '#lib/errors.ts';
import { isMissing, makeFolder, writeWhole } from './durable-file.ts';
import { lockFolder, type Release } from './lock.ts';
import { Objects } from './objects.ts';
import { backupFormat } from './snapshot.ts';

export type Repository = {
  /** Absolute path. */
  folder: string;
  bodies: Objects;
  rows: Objects;
  /** False on a medium that cannot be written. */
  isWritable: boolean;
};

/** What a caller wants to do there: make or add to a backup, or only read. */
export type Purpose = { work: string; mayMake?: boolean; mayBeReadOnly?: boolean };

const markName = 'drey-backup.json';

/** Runs `step` with a backup folder that nobody else uses meanwhile. Refusal 'not-found', 'invalid', 'in-use'. */
export async function enterRepository<T>(
  path: string,
  purpose: Purpose,
  step: (repository: Repository) => Promise<T>,
): Promise<T> {
  const folder = resolve(path);
  let release: Release | null = null;
  const opened: Objects[] = [];
  try {
    await findOrMake(folder, purpose.mayMake ?? false);
    release = await lockFolder(folder, purpose.work, purpose.mayBeReadOnly ?? false);
    const isWritable = release !== null;
    for (const name of ['bodies', 'rows']) {
      opened.push(await Objects.open(join(folder, name), isWritable));
    }
    const [bodies, rows] = opened as [Objects, Objects];
    return await step({ folder, bodies, rows, isWritable });
  } catch (error) {
    throw explain(error, folder);
  } finally {
    for (const objects of opened) await objects.close();
    await release?.();
  }
}

/** Refusal 'not-found' or 'invalid' unless this is a backup folder. */
export async function requireRepository(path: string): Promise<string> {
  const folder = resolve(path);
  try {
    await findOrMake(folder, false);
  } catch (error) {
    throw explain(error, folder);
  }
  return folder;
}

async function findOrMake(folder: string, mayMake: boolean): Promise<void> {
  const mark = await readMark(folder);
  if (mark) {
    if (mark.format <= backupFormat) return;
    throw new Refusal(
      'invalid',
      `${folder} was made by a newer version of Drey. Use that version.`,
    );
  }
  if (!mayMake) throw new Refusal('not-found', `${folder} is no backup of Drey.`);
  refuseOwnData(folder);
  const found = await readdir(folder).catch((error) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (found?.some((name) => name !== 'lost+found')) {
    throw new Refusal(
      'invalid',
      `${folder} holds other things and is no backup of Drey. Name an empty or a new folder.`,
    );
  }
  // Only its last level is made: a disk that is not there must not be taken for an empty one.
  await makeFolder(folder);
  await makeFolder(join(folder, 'snapshots'));
  await writeWhole(
    join(folder, markName),
    `${JSON.stringify({ kind: 'drey backup', format: backupFormat })}\n`,
  );
}

/** A backup may lie in the data folder (and is left out of itself then), but not among what the server keeps there. */
function refuseOwnData(folder: string): void {
  const data = dataFolder();
  const own = ['blobs', 'tls', 'uploads'].map((name) => join(data, name));
  if (folder === data || own.some((path) => folder === path || folder.startsWith(path + sep))) {
    throw new Refusal('invalid', `${folder} belongs to the server's data. Name another folder.`);
  }
}

async function readMark(folder: string): Promise<{ format: number } | null> {
  try {
    const mark = JSON.parse(await readFile(join(folder, markName), 'utf8'));
    if (mark.kind === 'drey backup' && Number.isInteger(mark.format)) return mark;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && (await stat(folder).catch(() => null))?.isDirectory() !== false)
      return null;
    if (code && code !== 'ENOENT') throw error;
  }
  throw new Refusal('invalid', `${folder} is no backup of Drey.`);
}

const texts: Record<string, string> = {
  ENOENT: 'A file or folder is missing. Is the disk there?',
  ENOTDIR: 'A part of this path is no folder.',
  EACCES: 'This user may not read or write there.',
  EPERM: 'This user may not read or write there.',
  EROFS: 'It cannot be written.',
  ENOSPC: 'There is no room left. What was there before is whole.',
  EDQUOT: 'There is no room left. What was there before is whole.',
  EFBIG: 'A file became too large for it. What was there before is whole.',
  EIO: 'The disk has an error.',
};

/** A sentence for what the system answers, with the path where it is known. */
function explain(error: unknown, folder: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  const text = code && texts[code];
  return text
    ? new Refusal('unavailable', `The backup folder ${folder}: ${text} (${code} ${path ?? ''})`)
    : error;
}
