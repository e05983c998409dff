// What an export writes to, whatever the format. Files come atomically: written under another name in the same
// folder tree, then renamed; a name that is there is whole.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type ExportFolder = {
  /** Below the root of the export; '' = the root itself. */
  path: string;
  name: string;
  guid: string;
  uidValidity: number;
  uidNext: number;
  /** Every keyword that a message of the folder has. */
  words: string[];
  /** UIDLs that are not the default, by UID. */
  popUids: Map<number, string>;
};

export type ExportMessage = {
  uid: number;
  /** Bits of FLAG. */
  flags: number;
  keywords: string[];
  internalDate: Date;
};

export type TargetFolder = {
  /** True where an earlier export has brought the message. */
  isKnown(message: ExportMessage): boolean;
  /** In the order of UIDs; the next one may be added before the last is done where `isParallel`. */
  add(message: ExportMessage, bytes: Buffer): Promise<void>;
  /** Everything is there. */
  finish(): Promise<void>;
  /** Leaves what is there, as an export that was killed would. */
  abort(): Promise<void>;
};

export type Target = {
  isParallel: boolean;
  /** Path of a mailbox below the root. */
  pathOf(levels: string[]): string;
  openFolder(folder: ExportFolder): Promise<TargetFolder>;
  /** What the format keeps of subscriptions. */
  writeSubscriptions(paths: string[]): Promise<void>;
};

/** Replaces a file as a whole. */
export async function replaceFile(path: string, content: string | Buffer): Promise<void> {
  const temporary = join(dirname(path), `.drey-${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** Names in a folder; none where it is not there. */
export async function listNames(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
