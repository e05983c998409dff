// Searches whose results are kept up to date (CONTEXT=SEARCH, RFC 5267 §4.3): what RETURN (UPDATE) asked for.
// Only messages that came or changed are judged again.
//
// Invariants: a REMOVEFROM stands before the EXPUNGE of its message, an ADDTO behind its EXISTS (§4.3.3,
// §4.3.4); the client's list and `members` are the same once everything is told.
import { formatString } from '#lib/mail/imap-string.ts';
import { type Criterion, searchMessages } from '#server/store/search/search.ts';
import { toRanges } from '#server/store/uid-range.ts';
import type { FetchItem } from './fetch-item.ts';
import type { View } from './view.ts';
import { untagged } from './wire/encode.ts';
import { formatSet } from './wire/sequence-set.ts';

/** RFC 5267 §4.3.1: at least one; each costs a search at every change. */
const contextLimit = 10;

type Context = {
  isUid: boolean;
  /** Made anew for each look: what "*" means moves. */
  compile: (view: View) => Criterion;
  members: Set<number>;
  added: Set<number>;
  removed: Set<number>;
  /** What is told of a new message that fits (RFC 5465 §7). */
  items: readonly FetchItem[];
};

export class SearchContexts {
  readonly #contexts = new Map<string, Context>();

  get isUsed(): boolean {
    return this.#contexts.size > 0;
  }

  get isFull(): boolean {
    return this.#contexts.size >= contextLimit;
  }

  has(tag: string): boolean {
    return this.#contexts.has(tag);
  }

  /** Keeps the result of the command `tag` up to date from now on. */
  add(
    tag: string,
    isUid: boolean,
    compile: (view: View) => Criterion,
    uids: readonly number[],
    items: readonly FetchItem[] = [],
  ): void {
    const members = new Set(uids);
    const [added, removed] = [new Set<number>(), new Set<number>()];
    this.#contexts.set(tag, { isUid, compile, members, added, removed, items });
  }

  /** True where a search wants attributes of new messages. */
  get hasItems(): boolean {
    for (const { items } of this.#contexts.values()) if (items.length > 0) return true;
    return false;
  }

  /** What the searches that a new message fits want to know of it. */
  listItems(uid: number): FetchItem[] {
    return [...this.#contexts.values()].flatMap(({ added, items }) =>
      added.has(uid) ? items : [],
    );
  }

  cancel(tag: string): void {
    this.#contexts.delete(tag);
  }

  /** Judges messages of the view that came or changed. */
  async judge(
    accountId: string,
    mailboxId: string,
    view: View,
    changed: readonly number[],
  ): Promise<void> {
    if (this.#contexts.size === 0) return;
    const touched = changed.filter((uid) => view.numberOf(uid) > 0);
    if (touched.length === 0) return;
    const ranges = toRanges([...touched].sort((one, other) => one - other));
    for (const context of this.#contexts.values()) {
      const items: Criterion[] = [{ kind: 'uid', ranges }, context.compile(view)];
      const found = new Set(await searchMessages(accountId, mailboxId, { kind: 'and', items }));
      for (const uid of touched) note(context, uid, found.has(uid));
    }
  }

  /** REMOVEFROM responses of `leaving`, whose EXPUNGE is told next. */
  tellLeaving(view: View, leaving: Iterable<number>): string {
    if (this.#contexts.size === 0) return '';
    const gone = [...leaving];
    let text = '';
    for (const [tag, context] of this.#contexts) {
      for (const uid of gone) note(context, uid, false);
      text += tellRemoved(tag, context, gone, view);
    }
    return text;
  }

  /** What has changed otherwise, behind the FETCH that tells why (RFC 5465 §5.1, §5.2). */
  tellChanged(view: View): string {
    let text = '';
    for (const [tag, context] of this.#contexts) {
      text += tellRemoved(tag, context, [...context.removed], view);
    }
    return text + this.#tellAdded(view);
  }

  /** ADDTO responses; what goes before anybody heard of it is left out. */
  #tellAdded(view: View): string {
    let text = '';
    for (const [tag, context] of this.#contexts) {
      const told = [...context.added].filter((uid) => view.numberOf(uid) > 0 && !view.isGone(uid));
      text += format(tag, context, 'ADDTO', told, view);
      for (const uid of told) context.members.add(uid);
      context.added.clear();
    }
    return text;
  }
}

function tellRemoved(tag: string, context: Context, uids: number[], view: View): string {
  const told = uids.filter((uid) => context.removed.delete(uid));
  for (const uid of told) context.members.delete(uid);
  return format(tag, context, 'REMOVEFROM', told, view);
}

function note({ members, added, removed }: Context, uid: number, isFound: boolean): void {
  if (isFound) {
    removed.delete(uid);
    if (!members.has(uid)) added.add(uid);
  } else {
    added.delete(uid);
    if (members.has(uid)) removed.add(uid);
  }
}

/** Position 0: where it belongs in the order of the mailbox (RFC 5267 §4.3.2). */
function format(
  tag: string,
  { isUid }: Context,
  word: 'ADDTO' | 'REMOVEFROM',
  uids: Iterable<number>,
  view: View,
): string {
  const names = [...uids]
    .sort((one, other) => one - other)
    .map((uid) => (isUid ? uid : view.numberOf(uid)))
    .filter((name) => name > 0);
  if (names.length === 0) return '';
  const correlator = `(TAG ${formatString(tag)})${isUid ? ' UID' : ''}`;
  return untagged(`ESEARCH ${correlator} ${word} (0 ${formatSet(names)})`);
}
