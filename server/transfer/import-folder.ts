// The import of one folder: its messages in batches, the next one read while the last one is stored.
//
// UIDs: a message keeps its UID where the mailbox has the UIDVALIDITY of the source and the UID lies above all
// that came before; the others wait until UIDNEXT has passed the source's (store/foreign-uids.ts).
import { isRefusal } from '#lib/errors.ts';
import {
  type ForeignUids,
  greatestUid,
  raiseUidNext,
  takeOverUids,
} from '#server/store/foreign-uids.ts';
import { selectImported } from '#server/store/imported.ts';
import type { FolderPlan } from './folder-plan.ts';
import {
  type BatchTarget,
  type Committed,
  commitBatch,
  type Loaded,
  loadMessage,
  makeMark,
  type Ready,
} from './import-batch.ts';
import type { FolderPlace, FolderResult, ImportContext } from './import-context.ts';
import { guardSource, type OpenFolder, SourceError, type SourceMessage } from './source.ts';

/** One step of the database; others wait for the writer that long. */
const messagesPerBatch = 128;
const bytesPerBatch = 8 * 1024 * 1024;
/** What a message counts whose size is not known before it is read. */
const leastBytes = 4096;
const readsAtOnce = 8;

/** A message with its mark, where that is known. */
type Item = { message: SourceMessage; mark: string | null };
type LoadedItem = Loaded & { mark: string | null };
type MarkedItem = Loaded & { mark: string };

export class FolderImport {
  private readonly context: ImportContext;
  private readonly plan: FolderPlan;
  private readonly result: FolderResult;
  private readonly opened: OpenFolder;
  private readonly place: FolderPlace | null;
  private foreign: ForeignUids | null = null;
  /** UIDs up to this one are behind us. */
  private lastUid = 0;
  private sourceNext: number;
  /** Those that get a UID of ours. */
  private late: Item[] = [];
  private isLate = false;
  /** How often the same bytes came, by their hash. */
  private readonly ordinals = new Map<string, number>();
  private storing: Promise<void> = Promise.resolve();

  /** Without a `place` it only counts. */
  constructor(
    context: ImportContext,
    plan: FolderPlan,
    result: FolderResult,
    opened: OpenFolder,
    place: FolderPlace | null,
  ) {
    this.context = context;
    this.plan = plan;
    this.result = result;
    this.opened = opened;
    this.place = place;
    this.sourceNext = opened.uidNext ?? 1;
  }

  /** Refusal 'over-quota': what came before is stored. */
  async run(): Promise<void> {
    await this.takeOver();
    try {
      await this.importAll(makeItems(guardSource(this.opened.messages)));
      await this.storing;
      if (this.foreign) this.foreign = await raiseUidNext(this.foreign, this.sourceNext);
      this.isLate = true;
      const late = this.late;
      this.late = [];
      await this.importAll(late);
    } finally {
      // A step that runs ends, whatever happened.
      await this.storing.finally(() => {
        this.result.uids = this.tellUids();
      });
    }
  }

  private async takeOver(): Promise<void> {
    const { uidValidity } = this.opened;
    // A number near the last one would leave none for the mail to come.
    if (uidValidity === null || !this.place || this.sourceNext > greatestUid) return;
    const { mailbox, isNew } = this.place;
    this.foreign = await takeOverUids(this.context.accountId, mailbox.id, uidValidity, isNew);
    this.lastUid = (this.foreign?.uidNext ?? 1) - 1;
  }

  private tellUids(): FolderResult['uids'] {
    if (this.opened.uidValidity === null) return 'none';
    return this.foreign ? 'kept' : 'new';
  }

  private async importAll(items: AsyncIterable<Item> | Item[]): Promise<void> {
    let batch: Item[] = [];
    let bytes = 0;
    for await (const item of items) {
      batch.push(item);
      bytes += Math.max(item.message.sizeBytes, leastBytes);
      if (batch.length < messagesPerBatch && bytes < bytesPerBatch) continue;
      await this.importBatch(batch);
      batch = [];
      bytes = 0;
    }
    await this.importBatch(batch);
    await this.storing;
  }

  private async importBatch(items: Item[]): Promise<void> {
    const loaded = await this.load(await this.dropKnown(items));
    const unknown = await this.postpone(await this.dropKnownBytes(loaded));
    const ready: Ready[] = [];
    // One after the other: each may have to be in memory as a whole for a moment.
    for (const { stage, hash: _hash, ...one } of unknown) {
      if (this.place) ready.push({ ...one, body: await stage.finish() });
      else await stage.abort();
      if (!this.place) this.take(one);
    }
    await this.storing;
    if (ready.length > 0) {
      this.storing = this.store(ready);
      // Whoever awaits it next gets the error.
      this.storing.catch(() => undefined);
    }
  }

  /** Those that were not imported before, as far as their keys tell. */
  private async dropKnown(items: Item[]): Promise<Item[]> {
    const { id } = this.plan.folder;
    for (const item of items) {
      if (item.message.key !== null) item.mark ??= makeMark(id, item.message.key);
    }
    const marks = items.map(({ mark }) => mark).filter((mark) => mark !== null);
    if (this.context.options.isAgain || marks.length === 0) return items;
    const known = await selectImported(marks, this.context.accountId);
    return items.filter(({ message, mark }) => {
      const isKnown = mark !== null && known.has(mark);
      if (isKnown) this.countKnown(message.sizeBytes);
      return !isKnown;
    });
  }

  private countKnown(sizeBytes: number): void {
    this.result.known++;
    this.context.count(1, sizeBytes, this.plan.sourceName);
  }

  private async load(items: Item[]): Promise<LoadedItem[]> {
    const loaded: (LoadedItem | null)[] = [];
    for (let start = 0; start < items.length; start += readsAtOnce) {
      const part = items.slice(start, start + readsAtOnce);
      loaded.push(...(await Promise.all(part.map((item) => this.loadOne(item)))));
    }
    return loaded.filter((one) => one !== null);
  }

  private async loadOne({ message, mark }: Item): Promise<LoadedItem | null> {
    try {
      const loaded = await loadMessage(message, this.context.limitBytes);
      return loaded && { ...loaded, mark };
    } catch (error) {
      const isTooBig = isRefusal(error, 'too-big');
      if (!isTooBig && !(error instanceof SourceError)) throw error;
      this.skip(message, isTooBig ? `${error.message} --any-size takes it.` : error.message);
      return null;
    }
  }

  private skip(message: SourceMessage, text: string): void {
    this.result.skipped++;
    this.context.problems.lose({ where: message.where, text });
    this.context.count(1, message.sizeBytes, this.plan.sourceName);
  }

  /** The same for those that only their bytes identify; equal ones are told apart by how many came before. */
  private async dropKnownBytes(loaded: LoadedItem[]): Promise<MarkedItem[]> {
    const { id } = this.plan.folder;
    const asked: string[] = [];
    const marked = loaded.map((one): MarkedItem => {
      const mark = one.mark ?? makeMark(id, this.takeOrdinal(one.hash));
      if (one.mark === null) asked.push(mark);
      return { ...one, mark };
    });
    if (this.context.options.isAgain || asked.length === 0) return marked;
    const known = await selectImported(asked, this.context.accountId);
    const unknown: MarkedItem[] = [];
    for (const one of marked) {
      if (!known.has(one.mark)) unknown.push(one);
      else {
        await one.stage.abort();
        this.countKnown(one.sizeBytes);
      }
    }
    return unknown;
  }

  /** Those that may be stored now; the others come when UIDNEXT has passed the source's. */
  private async postpone(marked: MarkedItem[]): Promise<MarkedItem[]> {
    const now: MarkedItem[] = [];
    for (const one of marked) {
      if (this.isInTime(one.uid)) now.push(one);
      else {
        this.late.push({ message: one.message, mark: one.mark });
        await one.stage.abort();
      }
    }
    return now;
  }

  private isInTime(uid: number | null): boolean {
    if (this.isLate || !this.foreign) return true;
    if (uid === null || uid <= this.lastUid || uid > greatestUid) return false;
    this.lastUid = uid;
    this.sourceNext = Math.max(this.sourceNext, uid + 1);
    return true;
  }

  private takeOrdinal(hash: string): string {
    const key = hash.slice(0, 32);
    const ordinal = (this.ordinals.get(key) ?? 0) + 1;
    this.ordinals.set(key, ordinal);
    return `${hash} ${ordinal}`;
  }

  private async store(batch: Ready[]): Promise<void> {
    const { accountId, options } = this.context;
    const { mailbox } = this.place!;
    const target: BatchTarget = {
      accountId,
      mailboxId: mailbox.id,
      isInbox: mailbox.name === 'INBOX',
      isAgain: options.isAgain,
      uidValidity: this.opened.uidValidity,
    };
    let rest = this.isLate ? batch.map((one) => ({ ...one, uid: null })) : batch;
    while (rest.length > 0) {
      const committed: Committed = await commitBatch(target, rest, this.foreign, this.sourceNext);
      this.foreign = committed.foreign;
      for (const one of committed.stored) this.take(one);
      const { refused } = committed;
      const tried = refused ? rest.indexOf(refused.ready) : rest.length;
      const known = tried - committed.stored.length;
      this.result.known += known;
      if (known > 0) this.context.count(known, 0, this.plan.sourceName);
      if (!refused) return;
      if (refused.refusal.reason === 'over-quota') throw refused.refusal;
      this.skip(refused.ready.message, refused.refusal.message);
      rest = rest.slice(tried + 1);
    }
  }

  private take(one: { sizeBytes: number }): void {
    this.result.messages++;
    this.result.sizeBytes += one.sizeBytes;
    this.context.count(1, one.sizeBytes, this.plan.sourceName);
  }
}

async function* makeItems(messages: AsyncIterable<SourceMessage>): AsyncGenerator<Item> {
  for await (const message of messages) yield { message, mark: null };
}
