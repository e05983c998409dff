// What a restore reads: the sheets and rows of one snapshot, and what it does where the backup is damaged.
import { isRefusal, Refusal } from '#lib/errors.ts';
import { type BackupRow, decodeChunk } from './chunk.ts';
import { renewRows } from './older-rows.ts';
import type { Progress } from './progress.ts';
import type { Repository } from './repository.ts';
import { explainDamage, findUnreadable } from './restore-bodies.ts';
import type { Chunks, NamedSnapshot, Sheet, Snapshot } from './snapshot.ts';
import { tableOf } from './tables.ts';

export type RestoreOptions = {
  /** Begin of a snapshot's name; the newest where it is not given. */
  snapshot?: string;
  /** Leave out what is damaged in the backup instead of giving up. */
  isDamageSkipped?: boolean;
  /** Who the trail names. */
  by: string;
  progress: Progress;
};

const rowsPerPart = 128;
const bytesPerPart = 8 * 1024 * 1024;

export class RestoreSource {
  readonly repository: Repository;
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly options: RestoreOptions;
  /** Messages and chunks that were left out, in words. */
  readonly skipped: string[] = [];
  /** Messages that were handed out so far. */
  messages = 0;
  readonly #lost: Set<string>;

  constructor(repository: Repository, { name, snapshot }: NamedSnapshot, options: RestoreOptions) {
    this.repository = repository;
    this.name = name;
    this.snapshot = snapshot;
    this.options = options;
    this.#lost = new Set(snapshot.lost.map(({ hash }) => hash));
  }

  /** The sheet of the account with that address. Refusal 'not-found'. */
  async readSheet(address: string): Promise<Sheet> {
    const found = this.snapshot.accounts.find((account) => account.address === address);
    if (!found) {
      throw new Refusal('not-found', `There is no user ${address} in the snapshot ${this.name}.`);
    }
    return JSON.parse((await this.repository.rows.read(found.sheet)).toString('utf8')) as Sheet;
  }

  /** The rows of a table of the server, chunk by chunk. Refusal 'unavailable' where one is damaged. */
  readTable(name: string): AsyncGenerator<BackupRow[]> {
    return this.#readChunks(name, this.snapshot.tables[name], null);
  }

  /** The same of an account. */
  readOwn(sheet: Sheet, name: string): AsyncGenerator<BackupRow[]> {
    return this.#readChunks(name, sheet.tables[name], sheet.address);
  }

  /** All rows of a table that is small, such as the mailboxes of an account. */
  async readAllOwn(sheet: Sheet, name: string): Promise<BackupRow[]> {
    return (await Array.fromAsync(this.readOwn(sheet, name))).flat();
  }

  /** The messages of an account, in parts that one step may carry, each of one mailbox and by UID. */
  async *readMessages(sheet: Sheet): AsyncGenerator<BackupRow[]> {
    for await (const rows of this.readOwn(sheet, 'Message')) {
      yield* cutParts(await this.#leaveOutLost(rows, sheet.address));
      this.messages += rows.length;
      this.options.progress('Messages', this.messages, this.snapshot.totals.messages);
    }
  }

  /** The same for waiting mail. */
  async *readQueueMessages(): AsyncGenerator<BackupRow[]> {
    for await (const rows of this.readTable('QueueMessage')) {
      yield* cutParts(await this.#leaveOutLost(rows, 'queue'));
    }
  }

  async *#readChunks(
    name: string,
    chunks: Chunks | undefined,
    address: string | null,
  ): AsyncGenerator<BackupRow[]> {
    for (const hash of chunks?.chunks ?? []) {
      try {
        const chunk = decodeChunk(await this.repository.rows.read(hash));
        if (chunk.table !== tableOf(name).name) throw new Error(`a chunk of ${chunk.table}`);
        yield renewRows(chunk.table, chunk.rows);
      } catch (error) {
        if (!this.options.isDamageSkipped || !isRefusal(error)) throw explainDamage(error);
        this.skipped.push(`rows of ${name}${address ? ` of ${address}` : ''} (${hash})`);
      }
    }
  }

  /** Without the messages whose body nobody has. */
  async #leaveOutLost(rows: BackupRow[], owner: string): Promise<BackupRow[]> {
    const hashes = rows.map(({ blobId }) => String(blobId ?? ''));
    const unreadable = this.options.isDamageSkipped
      ? await findUnreadable(this.repository.bodies, hashes)
      : this.#lost;
    return rows.filter(({ blobId, uid, id, emailId }) => {
      const isThere = blobId !== null && !unreadable.has(String(blobId));
      if (!isThere) this.skipped.push(`message ${emailId ?? id} (UID ${uid ?? '-'}) of ${owner}`);
      return isThere;
    });
  }
}

function* cutParts(rows: BackupRow[]): Generator<BackupRow[]> {
  let part: BackupRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const isFull = part.length >= rowsPerPart || bytes + Number(row.sizeBytes) > bytesPerPart;
    if (part.length > 0 && (isFull || part[0]?.mailboxId !== row.mailboxId)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(row);
    bytes += Number(row.sizeBytes);
  }
  if (part.length > 0) yield part;
}
