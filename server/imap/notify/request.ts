// What NOTIFY asks for (RFC 5465 §8): event groups as the client writes them, brought into the form in which a
// mailbox's events are found by its name. Pure.
//
// Invariant: what is kept of a command is bounded; a client that names more is told so (NOTIFICATIONOVERFLOW).
import { findCanonicalName, parentNames } from '#server/store/mailbox-name.ts';
import { type FetchItem, parseItems } from '../fetch-item.ts';
import { Bad } from '../wire/bad.ts';
import type { Cursor } from '../wire/cursor.ts';

/** Bits of what is wanted of a mailbox. MessageNew and MessageExpunge come together only (RFC 5465 §5). */
export const EVENT = {
  messages: 1,
  flags: 2,
  name: 4,
  subscription: 8,
  annotations: 16,
  serverAnnotations: 32,
} as const;
/** Those that are told as STATUS where the mailbox is not selected. */
export const messageEvents = EVENT.messages | EVENT.flags;

/** Events of RFC 5465 §5 that this server has; BADEVENT lists them. */
const eventNames: Record<string, { name: string; bit: number }> = {
  MESSAGENEW: { name: 'MessageNew', bit: EVENT.messages },
  MESSAGEEXPUNGE: { name: 'MessageExpunge', bit: EVENT.messages },
  FLAGCHANGE: { name: 'FlagChange', bit: EVENT.flags },
  MAILBOXNAME: { name: 'MailboxName', bit: EVENT.name },
  SUBSCRIPTIONCHANGE: { name: 'SubscriptionChange', bit: EVENT.subscription },
  // §5.6, §5.7: required where there is METADATA.
  MAILBOXMETADATACHANGE: { name: 'MailboxMetadataChange', bit: EVENT.annotations },
  SERVERMETADATACHANGE: { name: 'ServerMetadataChange', bit: EVENT.serverAnnotations },
};
/** Known, not supported, and of the kind that may stand beside "selected". */
const annotationChange = 'ANNOTATIONCHANGE';

/** What of the selected mailbox is told; null for nothing (RFC 5465 §3.1: also where it is not mentioned). */
export type SelectedEvents = {
  /** "selected-delayed": expunges wait for a command that may tell them (§6.1.2). */
  isDelayed: boolean;
  hasFlags: boolean;
  /** What to tell of each new message (§5.2); empty for EXISTS alone. */
  items: FetchItem[];
} | null;

/** Wanted events by where a mailbox is; a mailbox in several groups has those of all (§6). */
export type Scopes = {
  personal: number;
  subscribed: number;
  /** By canonical name: the mailbox and all below. */
  subtrees: Map<string, number>;
  mailboxes: Map<string, number>;
};

export type NotifyRequest = {
  tellsStatus: boolean;
  selected: SelectedEvents;
  scopes: Scopes;
  /** An event was named that this server does not have. */
  hasUnknownEvent: boolean;
  /** More names were given than are kept. */
  isTooMuch: boolean;
};

const maxNames = 2000;
const maxGroups = 200;

type Events = { bits: number; items: FetchItem[] | null; hasUnknown: boolean };

/** "(MessageNew MessageExpunge …)", as BADEVENT names them (RFC 5465 §3.1). */
export function listEventNames(): string {
  return Object.values(eventNames)
    .map(({ name }) => name)
    .join(' ');
}

/** Everything behind "NOTIFY "; null for NONE. Throws Bad. */
export function parseNotify(cursor: Cursor): NotifyRequest | null {
  const word = cursor.keyword();
  if (word === 'NONE') {
    cursor.expectEnd();
    return null;
  }
  if (word !== 'SET') throw new Bad('Expected SET or NONE');
  cursor.space();
  const tellsStatus = cursor.peek() !== '(';
  if (tellsStatus) {
    cursor.expect('STATUS');
    cursor.space();
  }
  const reader = new GroupReader();
  do reader.read(cursor);
  while (cursor.trySpace());
  cursor.expectEnd();
  return { tellsStatus, ...reader.result };
}

class GroupReader {
  readonly result: Omit<NotifyRequest, 'tellsStatus'> = {
    selected: null,
    scopes: { personal: 0, subscribed: 0, subtrees: new Map(), mailboxes: new Map() },
    hasUnknownEvent: false,
    isTooMuch: false,
  };
  #hasSelected = false;
  #groups = 0;

  /** "(" filter-mailboxes SP events ")" */
  read(cursor: Cursor): void {
    if (++this.#groups > maxGroups) this.result.isTooMuch = true;
    cursor.expect('(');
    const filter = cursor.keyword();
    const isSelected = filter === 'SELECTED' || filter === 'SELECTED-DELAYED';
    const names = filter === 'SUBTREE' || filter === 'MAILBOXES' ? readNames(cursor) : [];
    cursor.space();
    const events = readEvents(cursor, isSelected);
    cursor.expect(')');
    if (events.hasUnknown) this.result.hasUnknownEvent = true;
    if (isSelected) this.#setSelected(filter === 'SELECTED-DELAYED', events);
    else this.#addScope(filter, names, events.bits);
  }

  #setSelected(isDelayed: boolean, { bits, items }: Events): void {
    // RFC 5465 §6.1: one of them, once.
    if (this.#hasSelected) throw new Bad('Only one group may be for the selected mailbox');
    this.#hasSelected = true;
    if (bits === 0) return;
    const hasFlags = (bits & EVENT.flags) !== 0;
    this.result.selected = { isDelayed, hasFlags, items: items ?? [] };
  }

  #addScope(filter: string, names: string[], bits: number): void {
    const { scopes } = this.result;
    switch (filter) {
      // §6.3: mail may be delivered to any mailbox (user+mailbox@…), so both mean the same.
      case 'INBOXES':
      case 'PERSONAL':
        scopes.personal |= bits;
        return;
      case 'SUBSCRIBED':
        scopes.subscribed |= bits;
        return;
      case 'SUBTREE':
        this.#addNames(scopes.subtrees, names, bits);
        return;
      case 'MAILBOXES':
        this.#addNames(scopes.mailboxes, names, bits);
        return;
      default:
        throw new Bad(`Unknown mailboxes ${filter}`);
    }
  }

  #addNames(to: Map<string, number>, names: string[], bits: number): void {
    for (const name of names) to.set(name, (to.get(name) ?? 0) | bits);
    if (to.size > maxNames) this.result.isTooMuch = true;
  }
}

/** SP one-or-more-mailbox. A name that no mailbox can have is passed over (RFC 5465 §3.1), as no wildcard is one. */
function readNames(cursor: Cursor): string[] {
  const names: string[] = [];
  const add = () => {
    const name = findCanonicalName(cursor.mailbox());
    if (name !== null && names.length <= maxNames) names.push(name);
  };
  cursor.space();
  if (cursor.peek() !== '(') add();
  else {
    cursor.expect('(');
    do add();
    while (cursor.trySpace());
    cursor.expect(')');
  }
  return names;
}

/** "(" event *(SP event) ")" / "NONE", by the rules of RFC 5465 §5 and §6.1. */
function readEvents(cursor: Cursor, isSelected: boolean): Events {
  const events: Events = { bits: 0, items: null, hasUnknown: false };
  if (cursor.peek() !== '(') {
    cursor.expect('NONE');
    return events;
  }
  const words = new Set<string>();
  cursor.expect('(');
  do {
    const word = cursor.keyword();
    words.add(word);
    // The space belongs to the attributes only where they follow.
    if (word === 'MESSAGENEW' && cursor.tryPattern(/ (?=\()/y) !== null) {
      events.items = parseItems(cursor);
      // §8: attributes only of the selected mailbox.
      if (!isSelected) throw new Bad('Attributes can be told of the selected mailbox only');
    }
  } while (cursor.trySpace());
  cursor.expect(')');
  judgeEvents(words, isSelected);
  for (const word of words) {
    if (Object.hasOwn(eventNames, word)) events.bits |= eventNames[word]!.bit;
    else events.hasUnknown = true;
  }
  return events;
}

/** Throws Bad where events are missing beside others, or are not for the selected mailbox. */
function judgeEvents(words: ReadonlySet<string>, isSelected: boolean): void {
  const isNew = words.has('MESSAGENEW');
  if (isNew !== words.has('MESSAGEEXPUNGE')) {
    throw new Bad('MessageNew and MessageExpunge belong together');
  }
  if (!isNew && (words.has('FLAGCHANGE') || words.has(annotationChange))) {
    throw new Bad('FlagChange needs MessageNew and MessageExpunge');
  }
  if (!isSelected) return;
  for (const word of words) {
    const bit = eventNames[word]?.bit ?? (word === annotationChange ? EVENT.flags : 0);
    if ((bit & messageEvents) === 0) {
      throw new Bad('Only events of messages go with the selected mailbox');
    }
  }
}

/** What is wanted of the mailbox of that name (canonical, as the user knows it). */
export function findEvents(
  { personal, subscribed, subtrees, mailboxes }: Scopes,
  { name, isPersonal, isSubscribed }: { name: string; isPersonal: boolean; isSubscribed: boolean },
): number {
  let bits = mailboxes.get(name) ?? 0;
  if (isPersonal) bits |= personal;
  if (isSubscribed) bits |= subscribed;
  if (subtrees.size === 0) return bits;
  bits |= subtrees.get(name) ?? 0;
  for (const parent of parentNames(name)) bits |= subtrees.get(parent) ?? 0;
  return bits;
}

/** All that is wanted of any mailbox that is not selected; 0 for nothing. */
export function sumEvents({ personal, subscribed, subtrees, mailboxes }: Scopes): number {
  let bits = personal | subscribed;
  for (const some of [...subtrees.values(), ...mailboxes.values()]) bits |= some;
  return bits;
}
