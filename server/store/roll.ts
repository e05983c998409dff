// The roll of a mailbox: which messages it has, their flags and MODSEQs, by UID. Columns of numbers instead of
// a row object each, because a folder of 100,000 messages is opened by many sessions and held in a cache.
// Immutable: a later state is another roll (`follow`), which shares what did not change. Pure.
import type { Entry, EntryRow } from './entry.ts';
import { FLAG } from './flag-bits.ts';
import {
  copyWithout,
  deriveUids,
  findUid,
  findUidFrom,
  shareUids,
  type UidList,
} from './uid-list.ts';

/** Keyword texts that no message has any more may stay until there are so many. */
const maxStaleWords = 1000;

export type Columns = {
  uids: UidList;
  modseqs: Float64Array;
  flags: Uint8Array;
  /** Index into `words`; empty where no message ever had a keyword. */
  wordIds: Uint32Array;
  /** Texts of keywords as rows have them; the first is ''. */
  words: readonly string[];
};

/** What follows from the columns; carried on from roll to roll, since a look at all of them takes its time. */
export type Counts = {
  /** Messages without \Seen. */
  unseen: number;
  /** No message before this index is without \Seen. */
  unseenFrom: number;
  /** Messages that have the text of that index in `words`; nothing is said of the first. */
  uses: readonly number[];
};

export class Roll {
  /** The journal is known up to here. */
  readonly modseq: number;
  readonly uids: UidList;
  readonly modseqs: Float64Array;
  /** Bits of FLAG. */
  readonly flags: Uint8Array;
  readonly #wordIds: Uint32Array;
  readonly #words: readonly string[];
  /** Messages without \Seen. */
  readonly unseen: number;
  #unseenFrom: number;
  readonly #uses: readonly number[];

  constructor(modseq: number, columns: Columns, counts: Counts) {
    this.modseq = modseq;
    this.uids = columns.uids;
    this.modseqs = columns.modseqs;
    this.flags = columns.flags;
    this.#wordIds = columns.wordIds;
    this.#words = columns.words;
    this.unseen = counts.unseen;
    this.#unseenFrom = counts.unseenFrom;
    this.#uses = counts.uses;
  }

  /** Not to be changed. */
  get columns(): Columns {
    const { uids, modseqs, flags } = this;
    return { uids, modseqs, flags, wordIds: this.#wordIds, words: this.#words };
  }

  get counts(): Counts {
    return { unseen: this.unseen, unseenFrom: this.#unseenFrom, uses: this.#uses };
  }

  get size(): number {
    return this.uids.length;
  }

  /** Memory it holds, about. */
  get bytes(): number {
    const words = this.#words.reduce((sum, text) => sum + 2 * text.length + 32, 0);
    return 13 * this.size + this.#wordIds.byteLength + words + 500;
  }

  get lastUid(): number {
    return this.uids[this.size - 1] ?? 0;
  }

  /** Index of the first message without \Seen, or -1. */
  get firstUnseen(): number {
    if (this.unseen === 0) return -1;
    while (!isUnseen(this.flags[this.#unseenFrom]!)) this.#unseenFrom++;
    return this.#unseenFrom;
  }

  /** Keywords of the message at `index`, one space between. */
  keywordsAt(index: number): string {
    return this.#words[this.#wordIds[index] ?? 0]!;
  }

  /** `index` counts from 0 and must be below `size`. */
  entryAt(index: number): Entry {
    return {
      uid: this.uids[index]!,
      modseq: this.modseqs[index]!,
      flags: this.flags[index]!,
      keywords: this.keywordsAt(index),
    };
  }

  /** Every message, by UID; an object at a time. */
  *entries(): Generator<Entry> {
    for (let index = 0; index < this.size; index++) yield this.entryAt(index);
  }

  /** Those of the ascending UIDs that there are. */
  listEntries(uids: readonly number[]): Entry[] {
    const entries: Entry[] = [];
    let next = 0;
    for (const uid of uids) {
      const index = findUidFrom(this.uids, uid, next);
      if (this.uids[index] === uid) entries.push(this.entryAt(index));
      next = index;
    }
    return entries;
  }

  /** Those with a greater MODSEQ, by UID. */
  listChanged(sinceModseq: number): Entry[] {
    const entries: Entry[] = [];
    for (let index = 0; index < this.size; index++) {
      if (this.modseqs[index]! > sinceModseq) entries.push(this.entryAt(index));
    }
    return entries;
  }

  /** Index of a UID, or -1. */
  indexOf(uid: number): number {
    const index = findUid(this.uids, uid);
    return this.uids[index] === uid ? index : -1;
  }

  /** The different texts of keywords that messages have, without ''. */
  listKeywords(): readonly string[] {
    return this.#words.filter((_text, id) => id > 0 && this.#uses[id]! > 0);
  }

  /**
   * The roll at `modseq`, after what the journal says: `changed` are new or have other flags, `vanished` went.
   * Both ascend.
   */
  follow(modseq: number, changed: readonly Entry[], vanished: readonly number[]): Roll {
    const gone = vanished.filter((uid) => this.indexOf(uid) >= 0);
    const added = this.#listAdded(changed);
    const isInside = (added[0] ?? Number.POSITIVE_INFINITY) < this.lastUid;
    if (isInside || this.#words.length > maxStaleWords + this.size) {
      return this.#rebuild(modseq, changed, new Set(gone));
    }
    const builder = new RollBuilder(this.#words);
    const uids = deriveUids(this.uids, gone, added);
    const removed = gone.map((uid) => this.indexOf(uid));
    const hasWords = this.#wordIds.length > 0 || changed.some(({ keywords }) => keywords !== '');
    const modseqs = copyWithout(this.modseqs, removed, new Float64Array(uids.length));
    const flags = copyWithout(this.flags, removed, new Uint8Array(uids.length));
    const room = new Uint32Array(hasWords ? uids.length : 0);
    const wordIds = this.#wordIds.length > 0 ? copyWithout(this.#wordIds, removed, room) : room;
    const tally = new Tally(this.counts);
    for (const index of removed) tally.drop(this.flags[index]!, this.#wordIds[index] ?? 0);
    let unseenUid = this.uids[this.#unseenFrom] ?? Number.POSITIVE_INFINITY;
    let index = 0;
    let former = 0;
    for (const entry of changed) {
      index = findUidFrom(uids, entry.uid, index);
      former = findUidFrom(this.uids, entry.uid, former);
      if (this.uids[former] === entry.uid)
        tally.drop(this.flags[former]!, this.#wordIds[former] ?? 0);
      const wordId = hasWords ? builder.wordId(entry.keywords) : 0;
      tally.add(entry.flags, wordId);
      if (isUnseen(entry.flags)) unseenUid = Math.min(unseenUid, entry.uid);
      modseqs[index] = entry.modseq;
      flags[index] = entry.flags;
      if (hasWords) wordIds[index] = wordId;
    }
    const columns = { uids, modseqs, flags, wordIds, words: builder.words };
    return new Roll(modseq, columns, tally.finish(findUid(uids, unseenUid)));
  }

  /** UIDs of the entries, which ascend, that are not there yet. */
  #listAdded(changed: readonly Entry[]): number[] {
    const added: number[] = [];
    let at = 0;
    for (const { uid } of changed) {
      at = findUidFrom(this.uids, uid, at);
      if (this.uids[at] !== uid) added.push(uid);
    }
    return added;
  }

  /** The general case: messages come between others (after a restore), or too many words are stale. */
  #rebuild(modseq: number, changed: readonly Entry[], gone: ReadonlySet<number>): Roll {
    const builder = new RollBuilder();
    let next = 0;
    for (let index = 0; index < this.size; index++) {
      const uid = this.uids[index]!;
      while (next < changed.length && changed[next]!.uid < uid) builder.add(changed[next++]!);
      if (changed[next]?.uid === uid) builder.add(changed[next++]!);
      else if (!gone.has(uid)) {
        builder.push(uid, this.modseqs[index]!, this.flags[index]!, this.keywordsAt(index));
      }
    }
    while (next < changed.length) builder.add(changed[next++]!);
    return builder.finish(modseq);
  }
}

function isUnseen(flags: number): boolean {
  return (flags & FLAG.seen) === 0;
}

/** Counts while messages come and go. */
class Tally {
  #unseen: number;
  readonly #uses: number[];

  constructor({ unseen, uses }: Pick<Counts, 'unseen' | 'uses'>) {
    this.#unseen = unseen;
    this.#uses = [...uses];
  }

  add(flags: number, wordId: number): void {
    if (isUnseen(flags)) this.#unseen++;
    this.#uses[wordId] = (this.#uses[wordId] ?? 0) + 1;
  }

  drop(flags: number, wordId: number): void {
    if (isUnseen(flags)) this.#unseen--;
    this.#uses[wordId] = (this.#uses[wordId] ?? 0) - 1;
  }

  finish(unseenFrom: number): Counts {
    return { unseen: this.#unseen, unseenFrom, uses: this.#uses };
  }
}

/** Makes a roll of rows that come by UID. */
export class RollBuilder {
  #size = 0;
  #uids = new Uint32Array(64);
  #modseqs = new Float64Array(64);
  #flags = new Uint8Array(64);
  #wordIds = new Uint32Array(64);
  #ids: Map<string, number> | null = null;
  #words: string[] | null = null;
  readonly #tally = new Tally({ unseen: 0, uses: [0] });
  readonly #startWords: readonly string[];

  /** `words`: those of the roll that this one follows; their ids stay. */
  constructor(words: readonly string[] = ['']) {
    this.#startWords = words;
  }

  get words(): readonly string[] {
    return this.#words ?? this.#startWords;
  }

  add({ uid, modseq, flags, keywords }: EntryRow): void {
    this.push(Number(uid), Number(modseq), Number(flags), keywords);
  }

  push(uid: number, modseq: number, flags: number, keywords: string): void {
    if (this.#size === this.#uids.length) this.#resize(2 * this.#size);
    this.#uids[this.#size] = uid;
    this.#modseqs[this.#size] = modseq;
    this.#flags[this.#size] = flags;
    const wordId = this.wordId(keywords);
    this.#wordIds[this.#size] = wordId;
    this.#tally.add(flags, wordId);
    this.#size++;
  }

  wordId(keywords: string): number {
    if (keywords === '') return 0;
    this.#ids ??= new Map(this.words.map((text, id) => [text, id]));
    const known = this.#ids.get(keywords);
    if (known !== undefined) return known;
    // A copy, once: the roll that this one follows keeps its own.
    this.#words ??= [...this.#startWords];
    this.#ids.set(keywords, this.#words.length);
    return this.#words.push(keywords) - 1;
  }

  get lastUid(): number {
    return this.#uids[this.#size - 1] ?? 0;
  }

  finish(modseq: number): Roll {
    this.#resize(this.#size);
    const columns = {
      uids: shareUids(this.#uids),
      modseqs: this.#modseqs,
      flags: this.#flags,
      wordIds: this.words.length > 1 ? this.#wordIds : new Uint32Array(0),
      words: this.words,
    };
    return new Roll(modseq, columns, this.#tally.finish(0));
  }

  #resize(size: number): void {
    const kept = Math.min(size, this.#size);
    this.#uids = copyWithout(this.#uids.subarray(0, kept), [], new Uint32Array(size));
    this.#modseqs = copyWithout(this.#modseqs.subarray(0, kept), [], new Float64Array(size));
    this.#flags = copyWithout(this.#flags.subarray(0, kept), [], new Uint8Array(size));
    this.#wordIds = copyWithout(this.#wordIds.subarray(0, kept), [], new Uint32Array(size));
  }
}
