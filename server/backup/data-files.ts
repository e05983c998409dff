// The files of the data folder that are not mail: the secret key, certificates, files of unfinished messages.
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { databaseFile, dataFolder } from '#lib/env.ts';
import { Refusal } from '#lib/errors.ts';
import { isMissing, makeFolder, writeWhole } from './durable-file.ts';
import type { Objects } from './objects.ts';
import type { DataFile } from './snapshot.ts';

/** Present while a restore of the whole server is not finished (server/data-folder.ts looks for it too). */
export const unfinishedRestore = 'restore-unfinished';

/** Bodies are stored by themselves, the search index can be made again. */
const leftOut = /^(blobs(\/|$)|search\.db|restore-unfinished$|lost\+found(\/|$))/;
const maxFileBytes = 256 * 1024 * 1024;

/** Paths below the data folder of the files that a backup in `except` has to hold, sorted. */
export async function listDataFiles(except: string): Promise<string[]> {
  const root = dataFolder();
  const database = databaseFile();
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const name = relative(root, path).split(sep).join('/');
      const isDatabase = database !== null && path.startsWith(database);
      if (leftOut.test(name) || isDatabase || path === except) continue;
      // A link counts as what it points to: certificates are often kept elsewhere.
      const kind = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
      if (entry.isDirectory()) await visit(path);
      else if (kind?.isFile()) found.push(name);
    }
  };
  await visit(root);
  return found.sort();
}

/** Copies the data folder's files into a backup that lies in `except`. */
export async function saveDataFiles(rows: Objects, except: string): Promise<DataFile[]> {
  const files: DataFile[] = [];
  for (const path of await listDataFiles(except)) {
    try {
      const source = join(dataFolder(), path);
      const { mode, size } = await stat(source);
      if (size > maxFileBytes) {
        throw new Refusal(
          'too-big',
          `${source} is too large for a backup of this kind. Move it elsewhere.`,
        );
      }
      files.push({ path, mode: mode & 0o777, hash: await rows.add(await readFile(source)) });
    } catch (error) {
      // Removed since it was listed, such as a file of a message that was sent.
      if (!isMissing(error)) throw error;
    }
  }
  return files;
}

/** Writes the files back. Refusal 'invalid' for a path that leads out of the data folder. */
export async function restoreDataFiles(rows: Objects, files: DataFile[]): Promise<void> {
  for (const { path, mode, hash } of files) {
    const levels = path.split('/');
    if (
      levels.some(
        (level) => level === '' || level === '.' || level === '..' || level.includes('\\'),
      )
    ) {
      throw new Refusal('invalid', `The backup names a file outside of the data folder: ${path}`);
    }
    const target = join(dataFolder(), ...levels);
    for (let depth = 1; depth < levels.length; depth++) {
      await makeFolder(join(dataFolder(), ...levels.slice(0, depth)));
    }
    await writeWhole(target, await rows.read(hash));
    const file = await open(target, 'r');
    try {
      await file.chmod(mode & 0o700);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
