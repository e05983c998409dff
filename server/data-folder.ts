// Opening what the daemon stands on: the data folder and the database. What a person can mend is said in
// one sentence.
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { databaseUrl, dataFolder, isPostgresql } from '#lib/env.ts';
import { migrate } from '#lib/migrate.ts';
import { unfinishedRestore } from './backup/data-files.ts';

/** A start that failed for a reason outside the program; the message says what to do. */
export class StartError extends Error {}

/**
 * Makes the data folder (0700; from here on this process makes files for its owner alone) and brings the database to this version. Throws StartError, also where a restore has
 * not been finished, unless that is what is about to be done.
 */
export async function openData(isForRestore = false): Promise<void> {
  const folder = dataFolder();
  // SQLite makes its files for everybody to read, and the folder may be somebody's who meant it so.
  process.umask(0o077);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(
      `The data folder ${folder} cannot be written (${codeOf(error)}). Make it writable for this user, or set DREY_DATA to another folder.`,
    );
  }
  if (!isForRestore && existsSync(join(folder, unfinishedRestore))) {
    throw new StartError(
      `A restore into the data folder ${folder} was not finished. Run "npx drey restore" again, or empty the folder.`,
    );
  }
  try {
    await migrate();
  } catch (error) {
    throw new StartError(explainDatabase(error));
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? (error as Error).message);
}

const sqliteTexts: Record<string, string> = {
  SQLITE_NOTADB: 'is not a database. Move it away, or restore it from a backup.',
  SQLITE_CORRUPT: 'is damaged. Restore it from a backup.',
  SQLITE_CANTOPEN: 'cannot be opened. Check that the folder exists and is writable for this user.',
  SQLITE_READONLY: 'cannot be written. Check the rights of the file and its folder.',
  SQLITE_FULL: 'cannot grow: the disk is full. Make room and start again.',
  SQLITE_BUSY: 'is locked by another program. End that program and start again.',
};

function explainDatabase(error: unknown): string {
  const code = codeOf(error);
  const message = (error as Error).message;
  if (isPostgresql()) {
    const url = new URL(databaseUrl());
    const host = url.searchParams.get('host') ?? url.host;
    return `The PostgreSQL database at ${host} cannot be used (${message}). Check DATABASE_URL and that the server runs.`;
  }
  const file = databaseUrl().replace(/^file:/, '');
  const known = Object.entries(sqliteTexts).find(([name]) => code.startsWith(name));
  if (known) return `The database ${file} ${known[1]}`;
  return `The database ${file} cannot be used: ${message}`;
}
