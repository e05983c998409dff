// Bodies as files: <data>/blobs/ab/cdef… by the sha-256 of their bytes, and <data>/blobs/tmp for what is
// still arriving. Invariant: a file under its final name is whole and durable (file synced, renamed,
// folder synced), and is never changed; every staging puts its own file there, even over an equal one, so
// that its time says when somebody last wanted it (removeBlobFile counts on that).
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

const hashPattern = /^[0-9a-f]{64}$/;

export function blobsFolder(): string {
  return join(dataFolder(), 'blobs');
}

/** Path of a blob's file. Throws for what is no sha-256 in hex: a hash never becomes another path. */
export function blobPath(hash: string): string {
  if (!hashPattern.test(hash)) throw new Error('not a hash');
  return join(blobsFolder(), hash.slice(0, 2), hash.slice(2));
}

/** A new, empty file for a body that is arriving. */
export async function openTemporary(): Promise<{ path: string; file: FileHandle }> {
  const folder = join(blobsFolder(), 'tmp');
  const path = join(folder, newId());
  const isFirst = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (isFirst) await syncFolder(dataFolder());
  return { path, file: await open(path, 'wx', 0o600) };
}

/** Closes a whole temporary file and gives it its final name, durably. Returns that path. */
export async function keepTemporary(path: string, file: FileHandle, hash: string): Promise<string> {
  const target = blobPath(hash);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  const isNewFolder = await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await rename(path, target);
  await syncFolder(dirname(target));
  if (isNewFolder) await syncFolder(blobsFolder());
  return target;
}

/** Closes and removes a temporary file that is not wanted any more. */
export async function dropTemporary(path: string, file: FileHandle): Promise<void> {
  await file.close().catch(() => undefined);
  await rm(path, { force: true });
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
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

/**
 * Removes the file of a blob that has no row, unless it was staged after `before`: somebody may be about
 * to insert its row. Taken aside first, so that the look at its time cannot be overtaken by a staging.
 */
export async function removeBlobFile(hash: string, before: Date): Promise<boolean> {
  const path = blobPath(hash);
  const aside = join(blobsFolder(), 'tmp', newId());
  await mkdir(dirname(aside), { recursive: true, mode: 0o700 });
  try {
    if ((await stat(path)).mtime >= before) return false;
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const isStale = (await stat(aside)).mtime < before;
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

/** Removes what arrived halfway before `before`. Returns how many. */
export async function removeTemporaries(before: Date): Promise<number> {
  const folder = join(blobsFolder(), 'tmp');
  let removed = 0;
  for (const name of await listNames(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (!found || found.mtime >= before) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

async function listNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
