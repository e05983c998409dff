// What a NOTIFY session knows of the mailboxes that are not selected, and what is news when they are read again
// (RFC 5465 §5). Pure: numbers in, news out.
//
// Invariants: of a mailbox only its name and numbers are remembered; whatever changed between two readings is
// one piece of news; what the client did itself is put into what it knows, so it is none.
import { parentNames } from '#server/store/mailbox-name.ts';
import { formatEntryName, specialUseEntry } from '../annotation-entry.ts';
import { untagged } from '../wire/encode.ts';
import { EVENT, findEvents, messageEvents, type Scopes, sumEvents } from './request.ts';

export type MailboxState = {
  /** Of the owner. */
  accountId: string;
  id: string;
  /** As this user knows it. */
  name: string;
  isPersonal: boolean;
  /** RFC 4314 "r"; without it there is no news but that. */
  isReadable: boolean;
  specialUse: string | null;
  uidValidity: number;
  uidNext: number;
  messages: number;
  unseen: number;
  modseq: number;
};

export type Snapshot = {
  /** By id; ids are unique on a server. */
  mailboxes: Map<string, MailboxState>;
  subscribed: Set<string>;
};

/** The selected mailbox: its messages are told otherwise. `isTold`: the client knows all that there is. */
export type SelectedMailbox = { id: string; isTold(modseq: number): boolean } | null;

export type News =
  | { kind: 'list'; name: string; oldName: string | null; mailbox: MailboxState | null }
  | { kind: 'status'; mailbox: MailboxState; events: number }
  | { kind: 'metadata'; name: string; entries: readonly string[] };

/** Events that are wanted of a mailbox, as the subscriptions are in `snapshot`. */
function wantedOf(scopes: Scopes, { name, isPersonal }: MailboxState, snapshot: Snapshot): number {
  const isSubscribed = snapshot.subscribed.has(name);
  return findEvents(scopes, { name, isPersonal, isSubscribed }) & ~EVENT.serverAnnotations;
}

/** Mailboxes whose messages are watched, and those that would be if they could be read (RFC 5465 §3.1). */
export function findWatched(
  snapshot: Snapshot,
  scopes: Scopes,
  selectedId: string | null,
): { status: News[]; noAccess: News[] } {
  const found = { status: [] as News[], noAccess: [] as News[] };
  for (const mailbox of snapshot.mailboxes.values()) {
    const events = wantedOf(scopes, mailbox, snapshot);
    if (events === 0) continue;
    if (!mailbox.isReadable) found.noAccess.push(listNews(mailbox));
    else if ((events & messageEvents) !== 0 && mailbox.id !== selectedId) {
      found.status.push({ kind: 'status', mailbox, events });
    }
  }
  return found;
}

/** What `after` has that `before` had not, in the order in which it is told. */
export function compareSnapshots(
  before: Snapshot,
  after: Snapshot,
  scopes: Scopes,
  selected: SelectedMailbox,
): News[] {
  const named = compareNames(before, after, scopes);
  const news = [...named.values()];
  const formerNames = new Set([...before.mailboxes.values()].map(({ name }) => name));
  for (const mailbox of after.mailboxes.values()) {
    const known = before.mailboxes.get(mailbox.id);
    const events = wantedOf(scopes, mailbox, after);
    if (events === 0) continue;
    // RFC 5465 §5.9: who may not read it any more, or again, is told.
    if (known && known.isReadable !== mailbox.isReadable && !named.has(mailbox.name)) {
      news.push(listNews(mailbox));
    }
    if (!mailbox.isReadable || (events & messageEvents) === 0) continue;
    if (selected?.id === mailbox.id) {
      // What it has not been told there comes as STATUS when it is left.
      if (known && !selected.isTold(mailbox.modseq)) keepNumbers(mailbox, known);
      continue;
    }
    // Under a name that was another's its numbers are news, whatever they were elsewhere.
    const isOther = known?.name !== mailbox.name && formerNames.has(mailbox.name);
    const isChanged = known?.isReadable ? hasChanged(known, mailbox, events) : mailbox.uidNext > 1;
    if (isChanged || isOther) news.push({ kind: 'status', mailbox, events });
  }
  return news;
}

/**
 * Of the annotations that changed, by mailbox ('' for the server), those that are watched; with them special uses,
 * which are annotations too (RFC 6154 §5.4).
 */
export function findAnnotationNews(
  before: Snapshot,
  after: Snapshot,
  scopes: Scopes,
  changed: ReadonlyMap<string, readonly string[]>,
): News[] {
  const news: News[] = [];
  const ofServer = changed.get('');
  if (ofServer && (sumEvents(scopes) & EVENT.serverAnnotations) !== 0) {
    news.push({ kind: 'metadata', name: '', entries: ofServer });
  }
  for (const mailbox of after.mailboxes.values()) {
    const entries = [...(changed.get(mailbox.id) ?? [])];
    const known = before.mailboxes.get(mailbox.id);
    if (known && known.specialUse !== mailbox.specialUse) entries.push(specialUseEntry);
    if (entries.length === 0 || !mailbox.isReadable) continue;
    if ((wantedOf(scopes, mailbox, after) & EVENT.annotations) === 0) continue;
    news.push({ kind: 'metadata', name: mailbox.name, entries });
  }
  return news;
}

function hasChanged(known: MailboxState, mailbox: MailboxState, events: number): boolean {
  if (known.uidValidity !== mailbox.uidValidity) return true;
  if (known.uidNext !== mailbox.uidNext || known.messages !== mailbox.messages) return true;
  return (events & EVENT.flags) !== 0 && known.modseq !== mailbox.modseq;
}

function keepNumbers(mailbox: MailboxState, known: MailboxState): void {
  const { uidNext, messages, modseq } = known;
  Object.assign(mailbox, { uidNext, messages, modseq });
}

function listNews(mailbox: MailboxState, oldName: string | null = null): News {
  return { kind: 'list', name: mailbox.name, oldName, mailbox };
}

/** Names that were made, renamed, deleted, subscribed or unsubscribed (RFC 5465 §5.4, §5.5), by name. */
function compareNames(before: Snapshot, after: Snapshot, scopes: Scopes): Map<string, News> {
  const news = new Map<string, News>();
  const present = new Map([...after.mailboxes.values()].map((mailbox) => [mailbox.name, mailbox]));
  for (const mailbox of before.mailboxes.values()) {
    const now = after.mailboxes.get(mailbox.id);
    if (now?.name === mailbox.name) continue;
    const events = wantedOf(scopes, mailbox, before) | wantedOf(scopes, mailbox, after);
    if (present.has(mailbox.name)) continue;
    if (now && (wantedOf(scopes, now, after) & EVENT.name) !== 0) continue; // told with OLDNAME
    if ((events & EVENT.name) !== 0) {
      news.set(mailbox.name, { kind: 'list', name: mailbox.name, oldName: null, mailbox: null });
    } else if (!now && !mailbox.isPersonal && mailbox.isReadable && events !== 0) {
      // §5.9: access is lost, whether or not names are watched.
      news.set(mailbox.name, listNews({ ...mailbox, isReadable: false }));
    }
  }
  for (const mailbox of after.mailboxes.values()) {
    const known = before.mailboxes.get(mailbox.id);
    if (known?.name === mailbox.name) continue;
    if ((wantedOf(scopes, mailbox, after) & EVENT.name) === 0) continue;
    news.set(mailbox.name, listNews(mailbox, known?.name ?? null));
  }
  for (const name of before.subscribed.symmetricDifference(after.subscribed)) {
    const mailbox = present.get(name) ?? null;
    const isPersonal = mailbox?.isPersonal ?? false;
    const events = findEvents(scopes, { name, isPersonal, isSubscribed: true });
    if ((events & EVENT.subscription) === 0 || news.has(name)) continue;
    news.set(name, { kind: 'list', name, oldName: null, mailbox });
  }
  return news;
}

/** What the lines depend on: the session. */
export type Reader = { isCondstore: boolean; formatName(name: string): string };

/** Makes the lines of `news`; attributes are those of `snapshot`. */
export function formatNews(news: readonly News[], snapshot: Snapshot, reader: Reader): string[] {
  let parents: Set<string> | null = null;
  return news.map((piece) => {
    if (piece.kind === 'status') return formatStatusNews(piece, reader);
    if (piece.kind === 'metadata') return formatMetadataNews(piece, reader);
    parents ??= new Set(
      [...snapshot.mailboxes.values()].flatMap((mailbox) => parentNames(mailbox.name)),
    );
    return formatListNews(piece, parents, snapshot.subscribed, reader);
  });
}

/** RFC 5465 §3.1, §5.1 to §5.3 say which items must be there. */
function formatStatusNews(
  { mailbox, events }: Extract<News, { kind: 'status' }>,
  reader: Reader,
): string {
  const { name, messages, uidNext, uidValidity, unseen, modseq } = mailbox;
  const hasFlags = (events & EVENT.flags) !== 0;
  const items = [`MESSAGES ${messages}`, `UIDNEXT ${uidNext}`, `UIDVALIDITY ${uidValidity}`];
  if (hasFlags) items.push(`UNSEEN ${unseen}`);
  if (hasFlags || reader.isCondstore) items.push(`HIGHESTMODSEQ ${modseq}`);
  return untagged(`STATUS ${reader.formatName(name)} (${items.join(' ')})`);
}

/** RFC 5464 §4.4.2: names alone, whether they have changed or gone. */
function formatMetadataNews(
  { name, entries }: Extract<News, { kind: 'metadata' }>,
  reader: Reader,
): string {
  const holder = name === '' ? '""' : reader.formatName(name);
  return untagged(`METADATA ${holder} ${entries.map(formatEntryName).join(' ')}`);
}

function formatListNews(
  { name, oldName, mailbox }: Extract<News, { kind: 'list' }>,
  parents: ReadonlySet<string>,
  subscribed: ReadonlySet<string>,
  reader: Reader,
): string {
  const words: string[] = [];
  if (!mailbox) words.push('\\NonExistent');
  else if (!mailbox.isReadable) words.push('\\NoAccess');
  words.push(parents.has(name) ? '\\HasChildren' : '\\HasNoChildren');
  if (mailbox?.specialUse) words.push(mailbox.specialUse);
  // RFC 5465 §5.4, §5.5
  if (subscribed.has(name)) words.push('\\Subscribed');
  const former = oldName === null ? '' : ` ("OLDNAME" (${reader.formatName(oldName)}))`;
  return untagged(`LIST (${words.join(' ')}) "/" ${reader.formatName(name)}${former}`);
}
