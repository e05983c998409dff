// What one session believes its mailbox looks like: the numbering told to the client, and what it has
// not been told yet (RFC 3501 §5.2, §7.4.1). Pure.
//
// Invariants: a message keeps its number until its EXPUNGE is told, and that happens only where the
// caller allows it; UIDs ascend; a change this session made and answered itself is not told twice.
import type { Entry } from '#server/store/journal.ts';
import { deriveUids, findUid, findUidFrom, type UidList } from '#server/store/uid-list.ts';
import { resolveSet, type SequenceSet } from './wire/sequence-set.ts';

export type Update =
  | { kind: 'expunge'; number: number }
  | { kind: 'vanished'; uids: readonly number[] }
  | { kind: 'exists'; count: number }
  | { kind: 'recent'; count: number }
  | { kind: 'flags'; number: number; entry: Entry };

export type Changes = { changed: readonly Entry[]; vanished: readonly number[] };

export class View {
  /** UIDs in the client's numbering, those whose EXPUNGE waits included. Shared, so never written to. */
  #uids: UidList;
  #gone = new Set<number>();
  #flags = new Map<number, Entry>();
  #answered = new Map<number, number>();
  #toldCount: number;
  /** Half-open UID ranges that are \Recent to this session, ascending. */
  #recent: [number, number][] = [];
  #isRecentUntold = false;
  #knowsRecent = true;
  /** The journal is known up to here. */
  modseq: number;

  constructor(uids: UidList, modseq: number) {
    this.#uids = uids;
    this.#toldCount = this.#uids.length;
    this.modseq = modseq;
  }

  get count(): number {
    return this.#uids.length;
  }

  get lastUid(): number {
    return this.#uids.at(-1) ?? 0;
  }

  get uids(): UidList {
    return this.#uids;
  }

  /** True where an EXPUNGE waits to be told. */
  get hasGone(): boolean {
    return this.#gone.size > 0;
  }

  /** UIDs whose EXPUNGE waits to be told. */
  get goneUids(): ReadonlySet<number> {
    return this.#gone;
  }

  /** Something waits to be told. */
  get hasUntold(): boolean {
    const { length } = this.#uids;
    return this.#gone.size > 0 || this.#flags.size > 0 || this.#toldCount !== length;
  }

  /** UID of the last message that EXISTS has told of; 0 for none. */
  get lastToldUid(): number {
    return this.#uids[this.#toldCount - 1] ?? 0;
  }

  /** UIDs of the view from `uid` on. */
  listUidsFrom(uid: number): UidList {
    return this.#uids.subarray(findUid(this.#uids, uid));
  }

  /** Flags of messages from `uid` on are told otherwise. */
  dropFlagNews(uid: number): void {
    for (const changed of this.#flags.keys()) if (changed >= uid) this.#flags.delete(changed);
  }

  isGone(uid: number): boolean {
    return this.#gone.has(uid);
  }

  /** Message number of `uid`, 0 when the client does not know it. */
  numberOf(uid: number): number {
    const at = findUid(this.#uids, uid);
    return this.#uids[at] === uid ? at + 1 : 0;
  }

  /** RFC 9051 §2.3.2: a client of IMAP4rev2 never hears of \Recent. */
  forgetRecent(): void {
    this.#knowsRecent = false;
    this.#isRecentUntold = false;
    this.#recent = [];
  }

  /** The numbers of many messages, 0 for those that the client does not know; quick where UIDs ascend. */
  numbersOf(uids: readonly number[]): number[] {
    const known = this.#uids;
    const numbers: number[] = new Array(uids.length);
    let at = -1;
    for (let index = 0; index < uids.length; index++) {
      at = findUidFrom(known, uids[index]!, at + 1);
      numbers[index] = known[at] === uids[index] ? at + 1 : 0;
    }
    return numbers;
  }

  /** Those of the UIDs that the client knows. */
  keepKnown(uids: readonly number[]): number[] {
    const known = this.#uids;
    const kept: number[] = [];
    let at = -1;
    for (let index = 0; index < uids.length; index++) {
      const uid = uids[index]!;
      at = findUidFrom(known, uid, at + 1);
      if (known[at] === uid) kept.push(uid);
    }
    return kept;
  }

  /** Messages of [fromUid, beforeUid) are \Recent to this session. */
  addRecent(fromUid: number, beforeUid: number): void {
    if (!this.#knowsRecent) return;
    if (fromUid >= beforeUid) return;
    const last = this.#recent.at(-1);
    if (last?.[1] === fromUid) last[1] = beforeUid;
    else this.#recent.push([fromUid, beforeUid]);
    this.#isRecentUntold = true;
  }

  isRecent(uid: number): boolean {
    return this.#recent.some(([from, before]) => uid >= from && uid < before);
  }

  get recentCount(): number {
    let count = 0;
    for (const [from, before] of this.#recent) {
      count += findUid(this.#uids, before) - findUid(this.#uids, from);
    }
    return count;
  }

  get recentRanges(): readonly (readonly [number, number])[] {
    return this.#recent;
  }

  /** The client has just been told these flags in the answer to its own command. */
  markAnswered(entries: readonly Entry[]): void {
    const hasWaiting = this.#flags.size > 0;
    for (const { uid, modseq } of entries) {
      if (modseq > this.modseq) this.#answered.set(uid, modseq);
      if (!hasWaiting) continue;
      const waiting = this.#flags.get(uid);
      if (waiting && waiting.modseq <= modseq) this.#flags.delete(uid);
    }
  }

  /**
   * The client knows without an answer what its STORE ….SILENT did, but not what others did to the same
   * messages meanwhile: those stay news (RFC 3501 §6.4.6). `former`: the MODSEQ that each had before.
   */
  markSilent(entries: readonly Entry[], former: readonly number[]): void {
    const isKnown = ({ uid }: Entry, index: number) =>
      former[index]! <= Math.max(this.modseq, this.#answered.get(uid) ?? 0) &&
      !this.#flags.has(uid);
    this.markAnswered(entries.filter(isKnown));
  }

  /** Takes in what the journal says since `modseq`; `modseq` becomes the new one. */
  apply(changes: Changes, modseq: number): void {
    const arrived: number[] = [];
    for (const entry of changes.changed) {
      if (entry.uid > this.lastUid) arrived.push(entry.uid);
      else if (this.numberOf(entry.uid) > 0 && this.#isNews(entry)) {
        this.#flags.set(entry.uid, entry);
      }
    }
    arrived.sort((a, b) => a - b);
    this.#uids = deriveUids(this.#uids, [], arrived);
    for (const uid of this.keepKnown(changes.vanished)) {
      this.#gone.add(uid);
      this.#flags.delete(uid);
    }
    this.modseq = Math.max(this.modseq, modseq);
    for (const [uid, answered] of this.#answered) {
      if (answered <= this.modseq) this.#answered.delete(uid);
    }
  }

  #isNews(entry: Entry): boolean {
    return entry.modseq > (this.#answered.get(entry.uid) ?? 0);
  }

  /**
   * What the client is to be told now, in order; it counts as told. Without `mayExpunge` (FETCH, STORE,
   * SEARCH by number: RFC 3501 §7.4.1) expunges go on waiting and the numbers stay. `asVanished`: by their
   * UIDs (RFC 7162 §3.2.10.2). `holdsFlags`: flags wait.
   */
  tell(mayExpunge: boolean, asVanished = false, holdsFlags = false): Update[] {
    const updates: Update[] = mayExpunge ? this.#tellExpunges(asVanished) : [];
    if (this.#uids.length !== this.#toldCount) {
      this.#toldCount = this.#uids.length;
      updates.push({ kind: 'exists', count: this.#toldCount });
      this.#isRecentUntold = true;
    }
    if (this.#isRecentUntold && this.#knowsRecent)
      updates.push({ kind: 'recent', count: this.recentCount });
    this.#isRecentUntold = false;
    if (holdsFlags) return updates;
    for (const entry of this.#flags.values()) {
      const number = this.numberOf(entry.uid);
      if (number > 0) updates.push({ kind: 'flags', number, entry });
    }
    this.#flags.clear();
    return updates;
  }

  #tellExpunges(asVanished: boolean): Update[] {
    if (this.#gone.size === 0) return [];
    const gone = [...this.#gone].sort((a, b) => a - b);
    const updates: Update[] = [];
    // A message that came and went before its EXISTS still needs both, else the counts part.
    if (this.#toldCount < this.#uids.length) {
      updates.push({ kind: 'exists', count: this.#uids.length });
    }
    if (asVanished) updates.push({ kind: 'vanished', uids: gone });
    // Ascending: each EXPUNGE lowers the numbers behind it at once, so a run repeats one number.
    else {
      for (const [before, number] of this.numbersOf(gone).entries()) {
        updates.push({ kind: 'expunge', number: number - before });
      }
    }
    this.#uids = deriveUids(this.#uids, gone, []);
    this.#toldCount = this.#uids.length;
    this.#gone.clear();
    return updates;
  }

  /** Message numbers of a set; null when it names one that does not exist (answer BAD). */
  resolveNumbers(set: SequenceSet): number[] | null {
    const numbers: number[] = [];
    for (const [low, high] of resolveSet(set, this.count)) {
      if (high > this.count) {
        // "1:*" in an empty mailbox means nothing; clients send it before they look.
        if (this.count === 0 && isOpen(set)) continue;
        return null;
      }
      for (let number = low; number <= high; number++) numbers.push(number);
    }
    return numbers;
  }

  /** UIDs the client knows among a UID set, ascending; others are ignored (RFC 3501 §6.4.8). */
  resolveUids(set: SequenceSet): number[] {
    const found: number[] = [];
    for (const [low, high] of resolveSet(set, this.lastUid)) {
      for (let at = findUid(this.#uids, low); at < this.#uids.length; at++) {
        const uid = this.#uids[at]!;
        if (uid > high) break;
        found.push(uid);
      }
    }
    return found;
  }

  /** UID of a message number of this view. */
  uidOf(number: number): number {
    return this.#uids[number - 1] ?? 0;
  }
}

function isOpen(set: SequenceSet): boolean {
  return set.every((range) => range.includes(Number.POSITIVE_INFINITY));
}
