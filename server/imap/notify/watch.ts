// Watches the mailboxes that NOTIFY named and that are not selected (RFC 5465). A poke says that something may
// have changed in an account; one reading of its mailboxes then answers for all of them, however many pokes
// there were (docs/architecture.md, decision 7).
//
// Invariants: listens to accounts, never to single mailboxes, and has at most one timer; what it holds is one
// row of numbers a mailbox, and of no more mailboxes than `maxMailboxes`.
import { anyone } from '#lib/accounts/rights.ts';
import { onPoke, type Topic } from '#lib/poke.ts';
import { findCanonicalName, isRecoverable } from '#server/store/mailbox-name.ts';
import { listSubscriptions } from '#server/store/mailboxes.ts';
import type { AnnotationChange } from '#server/store/sharing/annotations.ts';
import { listVisible } from '../locate.ts';
import type { Located } from '../located.ts';
import type { Session } from '../session.ts';
import { AnnotationWatch } from './annotations.ts';
import { EVENT, type NotifyRequest, type Scopes, sumEvents } from './request.ts';
import {
  compareSnapshots,
  findAnnotationNews,
  findWatched,
  formatNews,
  type MailboxState,
  type SelectedMailbox,
  type Snapshot,
} from './state.ts';

/** Who sees more than so many mailboxes is not told of them (RFC 5465 §5.8). */
const maxMailboxes = 10_000;
/** Between two readings passes this many times the time that one takes: a large account must not take it all. */
const restFactor = 4;

/** More is asked for than is watched: NOTIFICATIONOVERFLOW. */
export class TooMuchToWatch extends Error {}

export class NotifyWatch {
  readonly #session: Session;
  readonly #scopes: Scopes;
  readonly #which: 'own' | 'all';
  readonly #needsSubscriptions: boolean;
  readonly #annotations: AnnotationWatch | null = null;
  readonly #listeners = new Map<Topic, () => void>();
  #known: Snapshot = { mailboxes: new Map(), subscribed: new Set() };
  #owners: string[] = [];
  #isDirty = false;
  #restUntil = 0;
  #wake: (() => void) | null = null;

  constructor(session: Session, { scopes }: NotifyRequest) {
    this.#session = session;
    this.#scopes = scopes;
    // Deleted mail is only told of to who names it.
    const names = [...scopes.subtrees.keys(), ...scopes.mailboxes.keys()];
    this.#which = names.some(isRecoverable) ? 'all' : 'own';
    const events = sumEvents(scopes);
    const named = EVENT.name | EVENT.subscription;
    this.#needsSubscriptions = scopes.subscribed !== 0 || (events & named) !== 0;
    if ((events & (EVENT.annotations | EVENT.serverAnnotations)) !== 0) {
      this.#annotations = new AnnotationWatch(session.accountId, this.#onPoke);
    }
  }

  /** Begins, with what is there now. Throws TooMuchToWatch. */
  async start(): Promise<void> {
    // Before the first reading: what happens in between is looked at again, never missed.
    this.#listenTo([]);
    this.#known = await this.#read();
    await this.#annotations?.read(this.#owners);
  }

  stop(): void {
    for (const stop of this.#listeners.values()) stop();
    this.#listeners.clear();
    this.#annotations?.stop();
    this.#wake?.();
  }

  /** Lines for NOTIFY itself: who cannot be watched, and with `tellsStatus` how the others are (RFC 5465 §3.1). */
  tellStart(tellsStatus: boolean): string[] {
    const selectedId = this.#session.selection?.mailboxId ?? null;
    const { status, noAccess } = findWatched(this.#known, this.#scopes, selectedId);
    const news = tellsStatus ? [...noAccess, ...status] : noAccess;
    return formatNews(news, this.#known, this.#session);
  }

  /** Lines of what changed since they were asked for before. Throws TooMuchToWatch. */
  async tell(): Promise<string[]> {
    if (!this.#isDirty) return [];
    this.#isDirty = false;
    const before = this.#known;
    const startedAt = performance.now();
    try {
      const after = await this.#read();
      const news = compareSnapshots(before, after, this.#scopes, findSelected(this.#session));
      if (this.#annotations) {
        const changed = await this.#readAnnotations(this.#annotations, before, after);
        news.push(...findAnnotationNews(before, after, this.#scopes, changed));
      }
      this.#known = after;
      return formatNews(news, after, this.#session);
    } catch (error) {
      this.#isDirty = true;
      throw error;
    } finally {
      const now = performance.now();
      this.#restUntil = now + restFactor * (now - startedAt);
    }
  }

  /** Resolves when something may have changed, or when `signal` aborts. */
  async waitForChange(signal: AbortSignal): Promise<void> {
    if (!this.#isDirty) await this.#waitUntilDirty(signal);
    const restMs = this.#restUntil - performance.now();
    if (restMs > 0 && !signal.aborted) await rest(restMs, signal);
  }

  #waitUntilDirty(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
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

  // ------------------------------------------- what the client does itself is no news to it (RFC 5465 §5)

  /** It has made a mailbox of its own. */
  noteCreated(mailbox: Located['mailbox']): void {
    this.#known.mailboxes.set(mailbox.id, toState(ownOf(mailbox)));
  }

  noteDeleted(mailboxId: string): void {
    this.#known.mailboxes.delete(mailboxId);
  }

  /** It has renamed one of its mailboxes, and with it what is below. */
  noteRenamed(from: string, name: string): void {
    // RFC 3501 §6.3.5: of INBOX only the messages go.
    const to = findCanonicalName(name);
    if (to === null || from === 'INBOX') return;
    for (const mailbox of this.#known.mailboxes.values()) {
      if (!mailbox.isPersonal) continue;
      if (mailbox.name === from || mailbox.name.startsWith(`${from}/`)) {
        mailbox.name = to + mailbox.name.slice(from.length);
      }
    }
  }

  noteSubscribed(name: string, isSubscribed: boolean): void {
    const canonical = findCanonicalName(name) ?? name;
    if (isSubscribed) this.#known.subscribed.add(canonical);
    else this.#known.subscribed.delete(canonical);
  }

  /** It has written annotations, of the server where the mailbox is ''. */
  noteAnnotated(
    mailboxId: string,
    changes: readonly AnnotationChange[],
    specialUse: string | null | undefined,
  ): void {
    this.#annotations?.note(mailboxId, changes);
    const mailbox = this.#known.mailboxes.get(mailboxId);
    if (mailbox && specialUse !== undefined) mailbox.specialUse = specialUse;
  }

  /** It has put messages into a mailbox. Where somebody else did something in between, there is news all the same. */
  noteArrived(mailboxId: string, uids: readonly number[]): void {
    const mailbox = this.#known.mailboxes.get(mailboxId);
    if (!mailbox || mailbox.uidNext !== uids[0]) return;
    mailbox.uidNext = uids.at(-1)! + 1;
    mailbox.messages += uids.length;
    mailbox.modseq++;
  }

  // --------------------------------------------------------------------------------------------- reading

  async #read(): Promise<Snapshot> {
    const { accountId } = this.#session;
    const [visible, subscribed] = await Promise.all([
      listVisible(this.#session, this.#which),
      this.#needsSubscriptions ? listSubscriptions(accountId) : [],
    ]);
    if (visible.length > maxMailboxes) throw new TooMuchToWatch();
    const mailboxes = new Map<string, MailboxState>();
    for (const located of visible) mailboxes.set(located.mailbox.id, toState(located));
    const owners = new Set(visible.filter(({ isOwn }) => !isOwn).map((one) => one.accountId));
    this.#owners = [...owners];
    this.#listenTo(this.#owners);
    this.#annotations?.listenTo(this.#owners);
    return { mailboxes, subscribed: new Set(subscribed) };
  }

  async #readAnnotations(
    annotations: AnnotationWatch,
    before: Snapshot,
    after: Snapshot,
  ): Promise<ReadonlyMap<string, string[]>> {
    // A renamed INBOX leaves its annotations to both.
    const isGrown = [...after.mailboxes.keys()].some((id) => !before.mailboxes.has(id));
    return annotations.isDirty || isGrown ? annotations.read(this.#owners) : new Map();
  }

  #listenTo(owners: string[]): void {
    const { accountId } = this.#session;
    const wanted = new Set<Topic>(['elsewhere', `account:${accountId}`, `account:${anyone}`]);
    for (const owner of owners) wanted.add(`account:${owner}`);
    for (const [topic, stop] of this.#listeners) {
      if (wanted.has(topic)) continue;
      stop();
      this.#listeners.delete(topic);
    }
    for (const topic of wanted) {
      if (!this.#listeners.has(topic)) this.#listeners.set(topic, onPoke(topic, this.#onPoke));
    }
  }

  readonly #onPoke = () => {
    this.#isDirty = true;
    this.#wake?.();
  };
}

function ownOf(mailbox: Located['mailbox']): Located {
  const { accountId, name } = mailbox;
  return { accountId, mailbox, name, rights: 'lr', isOwn: true };
}

function toState({ accountId, mailbox, name, rights, isOwn }: Located): MailboxState {
  return {
    accountId,
    id: mailbox.id,
    name,
    isPersonal: isOwn && !isRecoverable(name),
    isReadable: rights.includes('r'),
    specialUse: mailbox.specialUse,
    uidValidity: mailbox.uidValidity,
    uidNext: mailbox.uidNext,
    messages: mailbox.messages,
    unseen: mailbox.unseen,
    modseq: mailbox.highestModseq,
  };
}

function findSelected({ selection }: Session): SelectedMailbox {
  if (!selection) return null;
  const { view } = selection;
  return { id: selection.mailboxId, isTold: (modseq) => view.modseq >= modseq && !view.hasUntold };
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
