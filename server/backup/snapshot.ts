// A snapshot: everything of one moment, as a list of the objects that hold it. Written last, so whatever it
// names is there; `snapshots/<time>.json` with a checksum of its own.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { now } from '#lib/clock.ts';
import { Refusal } from '#lib/errors.ts';
import { isMissing, syncFolder, writeWhole } from './durable-file.ts';

/** Raised when older programs cannot read what newer ones write. */
export const backupFormat = 1;

export type Chunks = { rows: number; chunks: string[] };

/** What belongs to one account: an object of its own, since most accounts are the same next time. */
export type Sheet = { id: string; address: string; tables: Record<string, Chunks> };

/** A message whose body could not be read when the snapshot was made. */
export type LostBody = { address: string; mailboxId: string; uid: number; hash: string };

export type DataFile = { path: string; mode: number; hash: string };

export type Snapshot = {
  format: number;
  /** Name of the newest migration of the database it was taken from. */
  migration: string;
  takenAt: string;
  database: 'sqlite' | 'postgresql';
  /** Tables of the whole server, by name. */
  tables: Record<string, Chunks>;
  /** `sheet` is the hash of a Sheet. */
  accounts: { id: string; address: string; sheet: string }[];
  /** What else was in the data folder. */
  files: DataFile[];
  totals: { accounts: number; mailboxes: number; messages: number; messageBytes: number };
  lost: LostBody[];
};

export type NamedSnapshot = { name: string; snapshot: Snapshot };

const namePattern = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/;

/** The newest migration that this version knows. */
export function newestMigration(): string {
  const folder = join(import.meta.dirname, '..', '..', 'prisma', 'migrations', 'sqlite');
  return readdirSync(folder)
    .filter((name) => /^\d/.test(name))
    .sort()
    .at(-1) as string;
}

/** Names of all snapshots in a backup folder, the oldest first. */
export async function listSnapshotNames(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'snapshots')).catch((error) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const snapshots = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
  return snapshots.filter((name) => namePattern.test(name)).sort();
}

/** Writes a snapshot, durably; returns its name, which sorts behind all others. */
export async function writeSnapshot(folder: string, snapshot: Snapshot): Promise<string> {
  const newest = (await listSnapshotNames(folder)).at(-1);
  const nameOf = (time: Date) => time.toISOString().replaceAll(':', '-');
  let time = now();
  // A clock that went back must not make the newest snapshot look older.
  if (newest && nameOf(time) <= newest) time = new Date(timeOf(newest).getTime() + 1);
  const text = JSON.stringify(snapshot);
  const whole = `{"check":"${checkOf(text)}","snapshot":${text}}\n`;
  await writeWhole(pathOf(folder, nameOf(time)), whole);
  return nameOf(time);
}

/** Reads a snapshot. Refusal 'unavailable' where it is damaged, 'invalid' for one of a newer version. */
export async function readSnapshotFile(folder: string, name: string): Promise<Snapshot> {
  const text = await readFile(pathOf(folder, name), 'utf8');
  const match = /^\{"check":"([0-9a-f]{64})","snapshot":(.*)\}\n$/s.exec(text);
  const [, check, body = ''] = match ?? [];
  if (!check || checkOf(body) !== check) {
    throw new Refusal('unavailable', `The snapshot ${name} is damaged. Use an older one.`);
  }
  const snapshot = JSON.parse(body) as Snapshot;
  if (snapshot.format > backupFormat || snapshot.migration > newestMigration()) {
    throw new Refusal(
      'invalid',
      `The snapshot ${name} was made by a newer version of Drey. Use that version.`,
    );
  }
  return snapshot;
}

/**
 * The snapshot whose name begins with `wanted` (colons may be written as in a time), or the newest. Refusal
 * 'not-found', 'invalid' where there are several, and as `readSnapshotFile`.
 */
export async function findSnapshot(
  folder: string,
  wanted: string | undefined,
): Promise<NamedSnapshot> {
  const names = await listSnapshotNames(folder);
  if (names.length === 0) throw new Refusal('not-found', `There is no snapshot in ${folder} yet.`);
  const start = wanted?.trim().replaceAll(':', '-').replace(' ', 'T');
  const fitting = start ? names.filter((name) => name.startsWith(start)) : names.slice(-1);
  const [name] = fitting;
  if (!name)
    throw new Refusal('not-found', `There is no snapshot ${wanted}. See "drey backup list".`);
  if (fitting.length > 1) {
    throw new Refusal('invalid', `${wanted} may be ${fitting.join(' or ')}. Say more of it.`);
  }
  return { name, snapshot: await readSnapshotFile(folder, name) };
}

export async function removeSnapshot(folder: string, name: string): Promise<void> {
  await rm(pathOf(folder, name), { force: true });
  await syncFolder(join(folder, 'snapshots'));
}

/** When a snapshot was taken, by its name. */
export function timeOf(name: string): Date {
  return new Date(name.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'));
}

function pathOf(folder: string, name: string): string {
  return join(folder, 'snapshots', `${name}.json`);
}

function checkOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
