// Taking a backup beside a running server. First the bodies, which never change; then all rows, as they are
// at one commit, with the bodies that came in between; the list of it all last. Nobody has to wait for it,
// and whatever ends it early leaves the snapshots that are there as they were.

import { now } from '#lib/clock.ts';
import { type Db, readSnapshot } from '#lib/db.ts';
import { databaseFile } from '#lib/env.ts';
import { Refusal } from '#lib/errors.ts';
import { type BackupRow, cutChunks, encodeChunk } from './chunk.ts';
import { saveDataFiles } from './data-files.ts';
import type { Added } from './objects.ts';
import { noProgress, type Progress } from './progress.ts';
import { readRows } from './read-rows.ts';
import { enterRepository, type Repository } from './repository.ts';
import { saveBodiesOf, saveNewBodies } from './save-bodies.ts';
import {
  backupFormat,
  type Chunks,
  newestMigration,
  type Sheet,
  type Snapshot,
  writeSnapshot,
} from './snapshot.ts';
import { accountTables, serverTables, type Table, tableOf } from './tables.ts';

/** Bodies are looked after again until so few are new that the snapshot can follow at once. */
const fewBodies = 1000;
const maxLooks = 5;
/** More lost bodies are counted, not named. */
const maxLost = 10_000;

export type Report = {
  name: string;
  totals: Snapshot['totals'];
  bodies: Added;
  rows: Added;
  /** Messages whose body the store has lost: they are in the snapshot without it. */
  lost: Snapshot['lost'];
};

/** Adds a snapshot to the backup folder, which is made where there is none. Refusal 'invalid', 'in-use', 'unavailable'. */
export function takeBackup(path: string, progress: Progress = noProgress): Promise<Report> {
  return enterRepository(path, { work: 'a backup', mayMake: true }, async (repository) => {
    const { bodies, rows, folder } = repository;
    let last = 0;
    for (let look = 0; look < maxLooks; look++) {
      const before = bodies.size;
      last = await saveNewBodies(bodies, last, progress);
      if (bodies.size - before < fewBodies) break;
    }
    const takenAt = now().toISOString();
    const taken = await readSnapshot((db) => new Taking(repository, db, progress).run());
    // Behind the rows: a secret that a row was sealed with is there by now.
    const files = await saveDataFiles(rows, folder);
    await bodies.seal();
    await rows.seal();
    const snapshot: Snapshot = {
      format: backupFormat,
      migration: newestMigration(),
      takenAt,
      database: databaseFile() === null ? 'postgresql' : 'sqlite',
      ...taken,
      files,
    };
    const name = await writeSnapshot(folder, snapshot);
    const { totals, lost } = snapshot;
    return { name, totals, bodies: bodies.added, rows: rows.added, lost };
  });
}

/** Reads the rows of one commit. */
class Taking {
  readonly #repository: Repository;
  readonly #db: Db;
  readonly #progress: Progress;
  readonly #totals = { accounts: 0, mailboxes: 0, messages: 0, messageBytes: 0 };
  readonly #lost: Snapshot['lost'] = [];
  #expected: number | null = null;

  constructor(repository: Repository, db: Db, progress: Progress) {
    this.#repository = repository;
    this.#db = db;
    this.#progress = progress;
  }

  async run(): Promise<Pick<Snapshot, 'tables' | 'accounts' | 'totals' | 'lost'>> {
    const counted = await this.#db.$queryRaw<{ total: bigint | number | null }[]>`
      SELECT SUM("messages") AS "total" FROM "Mailbox"`;
    this.#expected = Number(counted[0]?.total ?? 0);
    const tables: Snapshot['tables'] = {};
    const accounts: Snapshot['accounts'] = [];
    for (const table of serverTables) tables[table.name] = await this.#saveTable(table, null);
    // Those of the server as a whole (RFC 5464 §3.2.1.1) belong to no account.
    tables.Annotation = await this.#saveTable(tableOf('Annotation'), { id: '', address: '' });
    for await (const page of readRows(this.#db, accountTable, null)) {
      for (const { id, address } of page) {
        accounts.push(await this.#saveAccount(String(id), String(address)));
      }
    }
    this.#totals.accounts = accounts.length;
    return { tables, accounts, totals: this.#totals, lost: this.#lost };
  }

  async #saveAccount(id: string, address: string): Promise<Snapshot['accounts'][number]> {
    const sheet: Sheet = { id, address, tables: {} };
    for (const table of accountTables) {
      sheet.tables[table.name] = await this.#saveTable(table, { id, address });
    }
    this.#totals.mailboxes += sheet.tables.Mailbox?.rows ?? 0;
    return {
      id,
      address,
      sheet: await this.#repository.rows.add(Buffer.from(JSON.stringify(sheet))),
    };
  }

  async #saveTable(table: Table, account: { id: string; address: string } | null): Promise<Chunks> {
    const saved: Chunks = { rows: 0, chunks: [] };
    const hasBody = 'blobId' in table.columns;
    const pages = readRows(this.#db, table, account?.id ?? null);
    for await (const rows of cutChunks(table, pages)) {
      if (hasBody) await this.#requireBodies(rows, account?.address ?? '');
      if (table.name === 'Message') this.#count(rows);
      saved.rows += rows.length;
      saved.chunks.push(await this.#repository.rows.add(encodeChunk(table, rows)));
    }
    return saved;
  }

  #count(rows: BackupRow[]): void {
    this.#totals.messages += rows.length;
    for (const row of rows) this.#totals.messageBytes += Number(row.sizeBytes);
    this.#progress('Messages', this.#totals.messages, this.#expected);
  }

  /** Every body that a row points to is in the backup, or known to be lost. */
  async #requireBodies(rows: BackupRow[], address: string): Promise<void> {
    const { bodies } = this.#repository;
    const missing = () =>
      rows.filter(({ blobId }) => blobId === null || !bodies.has(String(blobId)));
    const late = missing().flatMap(({ blobId }) => (blobId === null ? [] : [String(blobId)]));
    await saveBodiesOf(this.#db, bodies, [...new Set(late)]);
    for (const row of missing()) {
      if (this.#lost.length >= maxLost) {
        throw new Refusal(
          'unavailable',
          `More than ${maxLost} messages have lost their bodies: the store is damaged or its files are not there. No snapshot was made.`,
        );
      }
      const { mailboxId, uid, id, blobId } = row;
      const place = { mailboxId: String(mailboxId ?? id), uid: Number(uid ?? 0) };
      this.#lost.push({ address, ...place, hash: String(blobId ?? '') });
    }
  }
}

const accountTable = serverTables.find(({ name }) => name === 'Account') as Table;
