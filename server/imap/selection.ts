// The selected mailbox of a session: its view, kept up to date from the journal (docs/architecture.md,
// decision 7: a poke is a hint, the journal the truth).

import { isRefusal } from '#lib/errors.ts';
import { onPoke } from '#lib/poke.ts';
import type { FlagOutcome } from '#server/store/flags.ts';
import {
  type Entry,
  onMailboxChange,
  type Roll,
  readChanges,
  readMoment,
  readView,
} from '#server/store/journal.ts';
import { claimRecent, type Mailbox } from '#server/store/mailboxes.ts';
import { toRanges } from '#server/store/uid-range.ts';
import { formatAllFlags, formatFlags, formatPermanentFlags } from './flags.ts';
import { Grant, maskOf, mayWrite } from './grant.ts';
import type { Located } from './located.ts';
import { MessageSources } from './message-source.ts';
import { SearchContexts } from './search-context.ts';
import { formatVanished } from './vanished.ts';
import { type Changes, type Update, View } from './view.ts';
import { untagged, untaggedState } from './wire/encode.ts';

/** Replies that are made at once. */
const updatesTogether = 1000;

export class Selection {
  readonly accountId: string;
  readonly mailboxId: string;
  readonly isReadOnly: boolean;
  /** What the user may do here. */
  readonly grant: Grant;
  mailbox: Mailbox;
  view: View;
  /** Keywords of the mailbox that the client has been told, as first written. */
  readonly keywords = new Set<string>();
  /** What FETCH reads of messages at the moment. */
  readonly sources = new MessageSources();
  /** The client wants VANISHED instead of EXPUNGE (RFC 7162 §3.2.10.2). */
  usesVanished = false;
  /** UIDs that "$" means, ascending (RFC 5182 §2.1); some may be gone. */
  saved: readonly number[] = [];
  /** Searches that go on (RFC 5267). */
  readonly contexts = new SearchContexts();
  /** What this client has put here itself, until it is told (RFC 5465 §5.2: without attributes). */
  readonly ownArrivals = new Set<number>();
  #isDirty = false;
  /** The moment of the last look into the journal (readMoment). */
  #lookedAt: object | null = null;
  #hasNewKeywords = false;
  #wake: (() => void) | null = null;
  #stopListening: (() => void)[];

  private constructor(userId: string, located: Located, isReadOnly: boolean) {
    const { accountId, mailbox } = located;
    this.accountId = accountId;
    this.mailboxId = mailbox.id;
    this.mailbox = mailbox;
    this.grant = new Grant(userId, located);
    this.isReadOnly = isReadOnly || !mayWrite(located.rights);
    this.view = new View(new Uint32Array(0), mailbox.highestModseq);
    // Before the first read: what happens in between is looked at again, never missed.
    const listen = () => this.#onPoke();
    this.#stopListening = [onMailboxChange(accountId, mailbox.id, listen)];
    if (!this.grant.isOwn) this.#stopListening.push(onPoke(`account:${userId}`, listen));
  }

  /** Selects; the roll is given once, so the session need not hold flags. Refusal 'not-found'. */
  static async open(
    userId: string,
    located: Located,
    isReadOnly: boolean,
  ): Promise<{ selection: Selection; roll: Roll }> {
    const { accountId, mailbox } = located;
    const selection = new Selection(userId, located, isReadOnly);
    try {
      selection.#lookedAt = readMoment();
      let viewed = await readView(accountId, mailbox.id);
      let recentFrom = viewed.mailbox.recentUid;
      if (!selection.isReadOnly && recentFrom < viewed.mailbox.uidNext) {
        recentFrom = await claimRecent(accountId, mailbox.id);
        selection.#lookedAt = readMoment();
        viewed = await readView(accountId, mailbox.id);
      }
      const { mailbox: current, roll } = viewed;
      selection.mailbox = current;
      selection.view = new View(roll.uids, roll.modseq);
      selection.view.addRecent(recentFrom, current.uidNext);
      selection.view.tell(false); // SELECT itself says EXISTS and RECENT
      selection.#learnKeywords(roll.listKeywords());
      selection.#hasNewKeywords = false;
      return { selection, roll };
    } catch (error) {
      selection.close();
      throw error;
    }
  }

  close(): void {
    for (const stop of this.#stopListening) stop();
    this.#wake?.();
  }

  #onPoke(): void {
    this.#isDirty = true;
    this.#wake?.();
  }

  /** Resolves when the mailbox may have changed, or when `signal` aborts. */
  waitForChange(signal: AbortSignal): Promise<void> {
    if (this.#isDirty || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake = null;
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake);
    });
  }

  /**
   * Nobody has said that the mailbox may have changed, and everything that is known has been told. `isForced`: nor
   * can it have changed since the last look.
   */
  isQuiet(isForced: boolean): boolean {
    return (
      (!isForced || this.#lookedAt === readMoment()) &&
      !this.#isDirty &&
      !this.#hasNewKeywords &&
      this.grant.isOwn &&
      !this.contexts.isUsed &&
      !this.view.hasUntold
    );
  }

  /** Brings the view up to date, if a poke came or `isForced`. */
  async refresh(isForced = false): Promise<void> {
    await this.grant.refresh();
    if (!this.#isDirty && this.isLost) isForced = this.view.count > 0;
    if (!this.#isDirty && !isForced) return;
    this.#isDirty = false;
    // Only a look that comes to its end counts.
    this.#lookedAt = null;
    const moment = readMoment();
    const { mailbox, changes } = await this.#readJournal();
    const lastUid = this.view.lastUid;
    this.view.apply(changes, mailbox.highestModseq);
    this.mailbox = mailbox;
    this.#learnKeywords(changes.changed.map(({ keywords }) => keywords));
    if (this.view.lastUid > lastUid) await this.#claimArrived(lastUid + 1);
    await this.#judgeContexts(changes.changed.map(({ uid }) => uid));
    this.#lookedAt = moment;
  }

  /** The client has just heard, or knows without hearing, what its STORE did. */
  noteStored({ changed, former, modseqs, highestModseq }: FlagOutcome, isSilent: boolean): void {
    const { view } = this;
    // Nobody else changed anything, and nothing of before waits: the journal has no more to say.
    const isAll = view.modseq + modseqs === highestModseq && !view.hasUntold;
    if (isAll && !this.contexts.isUsed) view.apply({ changed: [], vanished: [] }, highestModseq);
    if (isSilent) view.markSilent(changed, former);
    else view.markAnswered(changed);
  }

  async #judgeContexts(changed: readonly number[]): Promise<void> {
    try {
      await this.contexts.judge(this.accountId, this.mailboxId, this.view, changed);
    } catch (error) {
      // Deleted meanwhile: the next look at the journal says so.
      if (!isRefusal(error, 'not-found')) throw error;
    }
  }

  async #readJournal(): Promise<{ mailbox: Mailbox; changes: Changes }> {
    if (this.isLost) return this.#loseAll();
    try {
      const { accountId, mailboxId, view } = this;
      const changes = await readChanges(accountId, mailboxId, view.modseq);
      if (changes.isComplete) return { mailbox: changes.mailbox, changes };
      // Nobody looked for so long that the journal has been cut: what the view has too much went.
      const { mailbox, roll } = await readView(accountId, mailboxId);
      const vanished = [...view.uids.filter((uid) => roll.indexOf(uid) < 0)];
      return { mailbox, changes: { changed: roll.listChanged(view.modseq), vanished } };
    } catch (error) {
      if (!isRefusal(error, 'not-found')) throw error;
      // Deleted by another session: all its messages are gone (RFC 2180 §3.3).
      return this.#loseAll();
    }
  }

  #loseAll(): { mailbox: Mailbox; changes: Changes } {
    return { mailbox: this.mailbox, changes: { changed: [], vanished: [...this.view.uids] } };
  }

  /** The user may not read the mailbox any more; nothing of it is answered (session.ts `selected`). */
  get isLost(): boolean {
    return this.grant.isLost;
  }

  async #claimArrived(fromUid: number): Promise<void> {
    const before = this.view.lastUid + 1;
    const recentFrom = this.isReadOnly
      ? this.mailbox.recentUid
      : await claimRecent(this.accountId, this.mailboxId);
    this.view.addRecent(Math.max(recentFrom, fromUid), before);
  }

  /** `texts` as rows have them. */
  #learnKeywords(texts: readonly string[]): void {
    let last = '';
    for (const text of texts) {
      if (text === '' || text === last) continue;
      last = text;
      for (const word of text.split(' ')) {
        if (this.#knowsKeyword(word)) continue;
        this.keywords.add(word);
        this.#hasNewKeywords = true;
      }
    }
  }

  /** RFC 9051 §2.3.2: keywords are the same in any case. */
  #knowsKeyword(word: string): boolean {
    if (this.keywords.has(word)) return true;
    const key = word.toLowerCase();
    for (const known of this.keywords) if (known.toLowerCase() === key) return true;
    return false;
  }

  /** What "$" means now: a message that is gone leaves the result (RFC 5182 §2.1). */
  listSaved(): number[] {
    return this.view.keepKnown(this.saved);
  }

  /** Keywords of messages as a STORE of this session has made them. */
  addKeywords(texts: readonly string[]): void {
    this.#learnKeywords(texts);
  }

  /**
   * Untagged replies for what the client does not know yet; with `mayExpunge` also EXPUNGE. A FETCH always
   * carries its UID, and its MODSEQ once the client asked for such (RFC 7162 §3.2). `holdsFlags`: flags wait.
   * All counts as told from the first piece on.
   */
  *tell(mayExpunge: boolean, isCondstore: boolean, holdsFlags = false): Generator<string> {
    const { view, contexts } = this;
    yield this.#tellRights() +
      this.tellKeywords() +
      contexts.tellLeaving(view, mayExpunge ? view.goneUids : []);
    const updates = view.tell(mayExpunge, this.usesVanished, holdsFlags);
    for (let start = 0; start < updates.length; start += updatesTogether) {
      yield updates
        .slice(start, start + updatesTogether)
        .map((update) => this.#format(update, isCondstore))
        .join('');
    }
  }

  /** What searches that go on have gained or lost; behind `tell`, and behind the attributes of new messages. */
  tellContexts(): string {
    return this.contexts.tellChanged(this.view);
  }

  /** RFC 4314 §5.1.1: what may be stored is told again when the rights change. */
  #tellRights(): string {
    if (!this.grant.takeNews()) return '';
    return (
      untagged(`FLAGS ${formatAllFlags(this.keywords, false)}`) +
      untaggedState('OK', 'Your rights have changed', this.formatPermanentFlags())
    );
  }

  /** Response code PERMANENTFLAGS: what this session may store. */
  formatPermanentFlags(): string {
    const mask = this.isReadOnly ? { flags: 0, keywords: false } : maskOf(this.grant.rights);
    return `PERMANENTFLAGS ${formatPermanentFlags(this.keywords, mask)}`;
  }

  /** FLAGS again, when there are keywords that it did not name yet (RFC 3501 §7.2.6). */
  tellKeywords(): string {
    if (!this.#hasNewKeywords) return '';
    this.#hasNewKeywords = false;
    return untagged(`FLAGS ${formatAllFlags(this.keywords, false)}`);
  }

  #format(update: Update, isCondstore: boolean): string {
    switch (update.kind) {
      case 'expunge':
        return untagged(`${update.number} EXPUNGE`);
      case 'vanished':
        return formatVanished(toRanges(update.uids), false);
      case 'exists':
        return untagged(`${update.count} EXISTS`);
      case 'recent':
        return untagged(`${update.count} RECENT`);
      case 'flags':
        return this.formatEntry(update.number, update.entry, isCondstore);
    }
  }

  /** `* n FETCH (UID … FLAGS …)` of an entry. */
  formatEntry(number: number, entry: Entry, isCondstore: boolean): string {
    const flags = formatFlags(entry.flags, entry.keywords, this.view.isRecent(entry.uid));
    const modseq = isCondstore ? ` MODSEQ (${entry.modseq})` : '';
    return untagged(`${number} FETCH (UID ${entry.uid}${modseq} FLAGS ${flags})`);
  }
}
