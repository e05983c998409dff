// Bodies as files: <data>/blobs/ab/cdef… by the sha-256 of their bytes, and <data>/blobs/tmp for what is
// still arriving. Invariant: a file under its final name is whole and durable (file synced, renamed,
// folder synced), and is never changed; every staging puts its own file there, even over an equal one, so
// that its mark (FileMark) tells whether somebody wanted it since it was looked at.
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataFolder } from '#lib/env.ts';
import { newId } from '#lib/id.ts';
import { syncOrEnd } from '#lib/storage-failure.ts';

const hashPattern = /^[0-9a-f]{64}$/;

export function blobsFolder(): string {
  return join(dataFolder(), 'blobs');
}

/** Path of a blob's file. Throws for what is no sha-256 in hex: a hash never becomes another path. */
export function blobPath(hash: string): string {
  if (!hashPattern.test(hash)) throw new Error('not a hash');
  return join(blobsFolder(), hash.slice(0, 2), hash.slice(2));
}

/** True for the error of a file or folder that is not there; what cannot be reached may well be. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** Temporary files that this process is writing. */
const arriving = new Set<string>();

/** A new, empty file for a body that is arriving. */
export async function openTemporary(): Promise<{ path: string; file: FileHandle }> {
  const folder = join(blobsFolder(), 'tmp');
  const path = join(folder, newId());
  const isFirst = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (isFirst) await syncFolder(dataFolder());
  const file = await open(path, 'wx', 0o600);
  arriving.add(path);
  return { path, file };
}

/** Closes a whole temporary file and gives it its final name, durably. Returns that path. */
export async function keepTemporary(path: string, file: FileHandle, hash: string): Promise<string> {
  const target = blobPath(hash);
  try {
    await syncOrEnd('A sync of a body', () => file.sync());
  } finally {
    await file.close();
  }
  const isNewFolder = await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await rename(path, target);
  arriving.delete(path);
  await syncFolder(dirname(target));
  if (isNewFolder) await syncFolder(blobsFolder());
  return target;
}

/** Closes and removes a temporary file that is not wanted any more. */
export async function dropTemporary(path: string, file: FileHandle): Promise<void> {
  await file.close().catch(() => undefined);
  arriving.delete(path);
  await rm(path, { force: true });
}

/** Makes names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await syncOrEnd('A sync of a folder', () => folder.sync());
  } finally {
    await folder.close();
  }
}

/** The bytes of a blob's file. */
export async function readBlobFile(hash: string): Promise<Buffer> {
  const path = blobPath(hash);
  for (let attempt = 0; ; attempt++) {
    try {
      return await readFile(path);
    } catch (error) {
      // removeBlobFile takes a file away for a moment before it puts a wanted one back.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 3) throw error;
      await sleep(5);
    }
  }
}

/** What tells one file from a later one of the same name. */
export type FileMark = { ino: number; mtimeMs: number };

/** The mark of a file, or null where there is none. */
export async function readMark(path: string): Promise<FileMark | null> {
  try {
    const { ino, mtimeMs } = await stat(path);
    return { ino, mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export function isSameFile(one: FileMark, other: FileMark): boolean {
  return one.ino === other.ino && one.mtimeMs === other.mtimeMs;
}

/**
 * Removes the file of a blob if it is still the one of that mark and `isWanted` does not hold it back: somebody
 * may have staged it anew and be about to insert its row. Taken aside first, so that this look cannot be
 * overtaken by a staging.
 */
export async function removeBlobFile(
  hash: string,
  mark: FileMark,
  isWanted: () => boolean,
): Promise<boolean> {
  const path = blobPath(hash);
  const aside = join(blobsFolder(), 'tmp', newId());
  await mkdir(dirname(aside), { recursive: true, mode: 0o700 });
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const found = await readMark(aside);
  const isStale = found !== null && isSameFile(found, mark) && !isWanted();
  // Back under its name; where a still newer staging put its file there meanwhile, that one stays.
  if (!isStale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  return isStale;
}

/** Hashes of all blob files, folder by folder. */
export async function* listBlobFiles(): AsyncGenerator<string[]> {
  for (const folder of await listNames(blobsFolder())) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    const names = await listNames(join(blobsFolder(), folder));
    yield names.map((name) => folder + name).filter((hash) => hashPattern.test(hash));
  }
}

/** Paths of what arrived halfway, or is arriving in another process. */
export async function listTemporaries(): Promise<string[]> {
  const folder = join(blobsFolder(), 'tmp');
  const paths = (await listNames(folder)).map((name) => join(folder, name));
  return paths.filter((path) => !arriving.has(path));
}

async function listNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
