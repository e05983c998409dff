// Files of a mail store that somebody else wrote. Paths are "raw": one character a byte (latin1), since names
// need not be UTF-8. Hostile ones are expected: links, FIFOs, files swapped while we look.
//
// Invariants: nothing outside of the source is read, since no link below its root is followed; only regular
// files are opened, and never in a way that waits.
import { constants, readlinkSync } from 'node:fs';
import { type FileHandle, lstat, opendir, open as openFile, realpath } from 'node:fs/promises';

/** A path or a name, one character a byte. */
export type RawPath = string;

/** What cannot be taken along, and why; for people. */
export type Problem = { where: string; text: string };

/** Problems as they come up; of very many only the first are kept. */
export class ProblemLog {
  readonly list: Problem[] = [];
  count = 0;
  /** Those because of which mail may be missing. */
  lost = 0;

  /** Mail was left out that somebody may have wanted. */
  lose(problem: Problem): void {
    this.lost++;
    this.add(problem);
  }

  add(problem: Problem): void {
    this.count++;
    if (this.list.length < maxProblems) this.list.push(problem);
  }
}

const maxProblems = 1000;

export type RawEntry = { name: RawPath; kind: 'file' | 'folder' | 'link' | 'other' };

/** Text as a raw path. */
export function toRaw(text: string): RawPath {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** A raw path for the file system. */
export function toSystem(path: RawPath): Buffer {
  return Buffer.from(path, 'latin1');
}

/** A raw path or name for people and for names of mailboxes: UTF-8, else Latin-1. */
export function toText(path: RawPath): string {
  const bytes = Buffer.from(path, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : path;
}

/** The last part of a path. */
export function baseName(path: RawPath): RawPath {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What kind of thing is there, links not followed; null where there is nothing that we may see. */
export async function lookAt(path: RawPath): Promise<RawEntry['kind'] | null> {
  const found = await lstat(toSystem(path)).catch(() => null);
  return found ? kindOf(found) : null;
}

function kindOf(found: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): RawEntry['kind'] {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  return found.isSymbolicLink() ? 'link' : 'other';
}

/** Entries of a folder, in no order, one at a time. Throws what the system says. */
export async function* listEntries(path: RawPath): AsyncGenerator<RawEntry> {
  const folder = await opendir(toSystem(path) as unknown as string, {
    encoding: 'latin1' as BufferEncoding,
    bufferSize: 256,
  });
  for await (const entry of folder) yield { name: entry.name, kind: kindOf(entry) };
}

/** `listEntries` by name; a folder that is missing or cannot be read is empty, and the latter a problem. */
export async function readFolder(path: RawPath, problems: ProblemLog): Promise<RawEntry[]> {
  const entries: RawEntry[] = [];
  try {
    for await (const entry of listEntries(path)) entries.push(entry);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      problems.lose({ where: toText(path), text: `cannot be read (${codeOf(error)})` });
    }
  }
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The code of a system error, as EACCES. */
export function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? (error as Error).message);
}

/** What is below `root`, safe to open. */
export type RawFiles = {
  root: RawPath;
  /** Opens a regular file below the root. Throws a system error, or an Error with a text for people. */
  open(path: RawPath): Promise<{ file: FileHandle; sizeBytes: number; changedAt: Date }>;
  /** The whole of a small file, raw; null where it is missing, too large or not to be read. */
  readSmall(path: RawPath, limitBytes: number): Promise<string | null>;
};

/** Opens files below `root`, which itself may be a link. */
export async function openRawFiles(root: RawPath): Promise<RawFiles> {
  const real = (await realpath(toSystem(root), { encoding: 'latin1' as BufferEncoding })) as string;
  const open = async (path: RawPath) => {
    // NONBLOCK: the other end of a FIFO need not be there.
    const flags =
      constants.O_RDONLY | constants.O_NONBLOCK | (path === root ? 0 : constants.O_NOFOLLOW);
    const file = await openFile(toSystem(path), flags);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new Error('is no regular file');
      if (!isInside(file.fd, real)) throw new Error('lies outside of the source');
      return { file, sizeBytes: found.size, changedAt: found.mtime };
    } catch (error) {
      await file.close();
      throw error;
    }
  };
  const readSmall = async (path: RawPath, limitBytes: number) => {
    try {
      const { file, sizeBytes } = await open(path);
      try {
        return sizeBytes > limitBytes ? null : await file.readFile('latin1');
      } finally {
        await file.close();
      }
    } catch {
      return null;
    }
  };
  return { root, open, readSmall };
}

/** A folder on the way may have been swapped for a link: what counts is where the file is (Linux tells). */
function isInside(descriptor: number, real: RawPath): boolean {
  try {
    const path = readlinkSync(`/proc/self/fd/${descriptor}`, 'latin1');
    return path === real || path.startsWith(real === '/' ? '/' : `${real}/`);
  } catch {
    return true;
  }
}
