// The whole server out of a backup, into an empty database and data folder. Until it is finished a file in
// the data folder keeps the server from starting on half of it (server/data-folder.ts); begun again, it
// removes the half first.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { db, raw, sql, write } from '#lib/db.ts';
import { dataFolder, describeDatabase } from '#lib/env.ts';
import { Refusal } from '#lib/errors.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import type { BackupRow } from './chunk.ts';
import { clearAccounts } from './clear.ts';
import { listDataFiles, restoreDataFiles, unfinishedRestore } from './data-files.ts';
import { syncFolder, writeWhole } from './durable-file.ts';
import { type Jump, jumpEpoch, noteRestore } from './jump.ts';
import { enterRepository } from './repository.ts';
import { writeWithBodies } from './restore-bodies.ts';
import { finishMail, restoreMail } from './restore-mail.ts';
import { type RestoreOptions, RestoreSource } from './restore-source.ts';
import { findSnapshot } from './snapshot.ts';
import { accountTables, serverTables, tableOf } from './tables.ts';
import { insertBackupRows, writeBackupRows } from './write-rows.ts';

export type RestoredServer = {
  name: string;
  accounts: number;
  messages: number;
  /** Waiting recipients: held, since they may have been sent after the backup. */
  held: number;
  skipped: string[];
};

/**
 * Restores everything. Refusal 'conflict' where the database or the data folder is not empty, 'unavailable' where the
 * backup is damaged, and those of `enterRepository` and `findSnapshot`.
 */
export function restoreServer(path: string, options: RestoreOptions): Promise<RestoredServer> {
  const purpose = { work: 'a restore', mayBeReadOnly: true };
  return enterRepository(path, purpose, async (repository) => {
    const named = await findSnapshot(repository.folder, options.snapshot);
    const source = new RestoreSource(repository, named, options);
    const mark = join(dataFolder(), unfinishedRestore);
    if (existsSync(mark)) await clearEverything();
    else await refuseData(repository.folder);
    await writeWhole(mark, `${named.name}\n`);
    const jump = await noteRestore(repository, named.snapshot.takenAt);
    await restoreDataFiles(repository.rows, named.snapshot.files);
    await restoreTables(source, jump);
    await restoreServerAnnotations(source);
    for (const { address } of named.snapshot.accounts) {
      const sheet = await source.readSheet(address);
      const mail = await restoreMail(source, sheet, jump);
      await write((tx) => finishMail(tx, sheet.id, mail));
    }
    const held = await restoreQueue(source);
    for await (const rows of source.readTable('TrailEvent')) {
      await writeBackupRows(tableOf('TrailEvent'), rows);
    }
    const text = `restored from the backup of ${named.snapshot.takenAt}`;
    await write((tx) => recordChangeIn(tx, options.by, 'the server', text));
    await rm(mark);
    await syncFolder(dataFolder());
    const { messages, skipped } = source;
    return { name: named.name, accounts: named.snapshot.accounts.length, messages, held, skipped };
  });
}

/** Tables that need more than their rows. */
const special = new Set(['QueueMessage', 'QueueRecipient', 'TrailEvent']);

async function restoreTables(source: RestoreSource, jump: Jump): Promise<void> {
  for (const table of serverTables.filter(({ name }) => !special.has(name))) {
    for await (const rows of source.readTable(table.name)) {
      await writeBackupRows(
        table,
        rows.map((row) => changeRow(table.name, row, jump)),
      );
    }
  }
}

function changeRow(table: string, row: BackupRow, jump: Jump): BackupRow {
  if (table === 'Account') return jumpEpoch(row, jump);
  // As waiting mail is held: many users may have had it after the backup.
  if (table === 'Announcement' && row.mail === 'waiting') return { ...row, mail: 'stopped' };
  return row;
}

/** Those of the server as a whole; older snapshots have none. */
async function restoreServerAnnotations(source: RestoreSource): Promise<void> {
  for await (const rows of source.readTable('Annotation')) {
    await writeBackupRows(tableOf('Annotation'), rows);
  }
}

async function restoreQueue(source: RestoreSource): Promise<number> {
  const restored = new Set<unknown>();
  for await (const rows of source.readQueueMessages()) {
    const hashes = rows.map(({ blobId }) => String(blobId));
    await writeWithBodies(source.repository.bodies, hashes, (tx, numbers) =>
      insertBackupRows(tx, tableOf('QueueMessage'), rows, numbers),
    );
    for (const { id } of rows) restored.add(id);
  }
  let held = 0;
  for await (const rows of source.readTable('QueueRecipient')) {
    const known = rows.filter(({ messageId }) => restored.has(messageId));
    const waiting = known.map((row) => ({ ...row, ...heldState }));
    await writeBackupRows(tableOf('QueueRecipient'), waiting);
    held += waiting.length;
  }
  return held;
}

const heldState = { state: 'held', leaseUntil: null, leaseOwner: '' };

/** Refusal 'conflict' where anything is there already. A server that runs, or ran, has left something. */
async function refuseData(backupFolder: string): Promise<void> {
  const [file] = await listDataFiles(backupFolder);
  if (file) {
    throw new Refusal(
      'conflict',
      `The data folder ${dataFolder()} is in use: it holds ${file}. Stop the server, then restore into an empty folder (set DREY_DATA), or move this one away.`,
    );
  }
  for (const { name } of [...serverTables, ...accountTables, { name: 'Blob' }]) {
    const rows = await db.$queryRaw<unknown[]>`SELECT 1 FROM ${raw(`"${name}"`)} LIMIT 1`;
    if (rows.length === 0) continue;
    throw new Refusal(
      'conflict',
      `The ${describeDatabase()} is in use: its table ${name} is not empty. Stop the server, then restore into an empty one (DREY_DATA, DATABASE_URL), or move this one away. For the mail of one user there is --user.`,
    );
  }
}

/** What a restore that did not finish has left. Bodies stay: the next one needs them. */
async function clearEverything(): Promise<void> {
  await clearAccounts();
  for (const { name } of serverTables) {
    await write((tx) => tx.$executeRaw(sql`DELETE FROM ${raw(`"${name}"`)}`));
  }
}
