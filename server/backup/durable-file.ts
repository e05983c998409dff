// Files that are whole or not there: written under another name, synced, renamed, the folder synced. What
// a backup holds is for its owner alone (files 0600, folders 0700).
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newId } from '#lib/id.ts';

export { isMissing } from '#server/store/bodies/blob-files.ts';

/** Name of a file that is still being written; what has it after a crash may be removed. */
export const unfinishedPattern = /\.unfinished-[\w-]{24}$/;

/** Writes a file so that it is there whole and durable, or is not there; replaces an older one. */
export async function writeWhole(path: string, bytes: Buffer | string): Promise<void> {
  const draft = `${path}.unfinished-${newId()}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Makes a folder in one that is there; does nothing where it is. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  await syncFolder(dirname(path));
}
