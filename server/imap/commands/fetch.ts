// FETCH (RFC 3501 §6.4.5) with its modifiers (fetch-modifier.ts). Works through the set in portions, so
// that a large answer is bounded by the client's reading and not by our memory.
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { type Entry, readView } from '#server/store/journal.ts';
import { readMessages, readRendered } from '#server/store/read.ts';
import { nextTurn } from '#server/store/turn.ts';
import { toRanges } from '#server/store/uid-range.ts';
import { type Depth, depthOf, type Fetched, formatEntry, formatMessage } from '../fetch-data.ts';
import { type FetchItem, type PlainItem, parseItems } from '../fetch-item.ts';
import { type FetchModifiers, narrowUids, parseFetchModifiers } from '../fetch-modifier.ts';
import type { Selection } from '../selection.ts';
import type { Session } from '../session.ts';
import { findVanished, formatVanished, readKnown } from '../vanished.ts';
import { bad, ok } from '../wire/encode.ts';
import { type SequenceSet, savedResult } from '../wire/sequence-set.ts';
import { defineCommand, onlySelected } from './command.ts';
import { findUids } from './message-set.ts';

type Args = { set: SequenceSet; items: FetchItem[]; modifiers: FetchModifiers };

const portion = 100;
/** From here on flags come from the roll of the mailbox. */
const rollFrom = 500;
/** Entries that are made of a roll at a time. */
const entryPortion = 1000;

export const fetch = defineCommand<Args>({
  name: 'FETCH',
  states: onlySelected,
  hasUidForm: true,
  hidesExpunge: true,
  parse(cursor, isUid) {
    cursor.space();
    const set = cursor.sequenceSet();
    cursor.space();
    const items = parseItems(cursor);
    const modifiers = parseFetchModifiers(cursor, isUid);
    cursor.expectEnd();
    return { set, items, modifiers };
  },
  async *run(session, args, { isUid }) {
    const selection = session.selected;
    const named = findUids(session, args.set, isUid);
    if (named === null) return bad('There is no such message');
    const { changedSince, vanished } = args.modifiers;
    if (vanished && !session.isQresync) return bad('QRESYNC has not been enabled');
    const asksModseq = changedSince !== null || hasItem(args.items, 'MODSEQ');
    if (asksModseq) session.isCondstore = true;
    const items = completeItems(args.items, isUid, changedSince !== null);
    const maySee = !selection.isReadOnly && selection.grant.rights.includes('s');
    const marksSeen = maySee && items.some(marksAsSeen);
    if (vanished && changedSince !== null) {
      // RFC 7162 §3.2.6: before the first FETCH.
      const known = args.set === savedResult ? toRanges(named) : readKnown(args.set, selection);
      yield formatVanished(await findVanished(selection, changedSince, known), true);
    }
    const wanted = await narrowUids(selection, named, args.modifiers);
    const depth = depthOf(items);
    let answered = 0;
    for await (const messages of readPortions(selection, wanted, depth)) {
      if (depth === 'entry') {
        answered += messages.length;
        yield formatEntries(selection, messages, items);
        continue;
      }
      const seen = marksSeen ? await markSeen(selection, messages) : new Map<number, Entry>();
      for (const message of messages) {
        const changed = seen.get(message.uid);
        const current = changed ? { ...message, ...changed } : message;
        const told = changed ? withFlags(items, session) : items;
        const number = selection.view.numberOf(message.uid);
        answered++;
        yield* formatMessage(number, current, told, {
          isRecent: selection.view.isRecent(message.uid),
          sources: selection.sources,
        });
      }
    }
    // RFC 2180 §4.1.1: what another session has expunged can be read on; §4.1.2: what it has moved cannot.
    const { view } = selection;
    const isMissing = answered < wanted.length || wanted.some((uid) => view.isGone(uid));
    return ok('Fetch completed', !isUid && isMissing ? 'EXPUNGEISSUED' : undefined);
  },
});

/** A hundred thousand of them are asked for at once, so they cost one text and no generator each. */
function formatEntries({ view }: Selection, entries: Entry[], items: FetchItem[]): string {
  return entries
    .map((entry) => formatEntry(view.numberOf(entry.uid), entry, items, view.isRecent(entry.uid)))
    .join('');
}

function hasItem(items: readonly FetchItem[], name: PlainItem): boolean {
  return items.some((item) => item.kind === 'plain' && item.name === name);
}

function marksAsSeen(item: FetchItem): boolean {
  return item.kind === 'section' && !item.isPeek;
}

/** RFC 3501 §6.4.8: UID FETCH always tells the UID; RFC 7162 §3.1.4: CHANGEDSINCE always the MODSEQ. */
function completeItems(items: FetchItem[], isUid: boolean, needsModseq: boolean): FetchItem[] {
  const complete = [...items];
  if (isUid && !hasItem(items, 'UID')) complete.unshift({ kind: 'plain', name: 'UID' });
  if (needsModseq && !hasItem(items, 'MODSEQ')) complete.push({ kind: 'plain', name: 'MODSEQ' });
  return complete;
}

/** RFC 3501 §6.4.5: when reading sets \Seen, the new flags come with the answer. */
function withFlags(items: FetchItem[], session: Session): FetchItem[] {
  const added: FetchItem[] = [];
  // RFC 7162 §3.2.4
  if (session.isQresync && !hasItem(items, 'UID')) added.push({ kind: 'plain', name: 'UID' });
  if (!hasItem(items, 'FLAGS')) added.push({ kind: 'plain', name: 'FLAGS' });
  if (session.isCondstore && !hasItem(items, 'MODSEQ'))
    added.push({ kind: 'plain', name: 'MODSEQ' });
  return [...items, ...added];
}

async function* readPortions(
  { accountId, mailboxId }: Selection,
  uids: number[],
  depth: Depth,
): AsyncGenerator<Fetched[]> {
  if (depth === 'entry' && uids.length >= rollFrom) {
    const { roll } = await readView(accountId, mailboxId);
    for (let at = 0; at < uids.length; at += entryPortion) {
      const asked = uids.slice(at, at + entryPortion);
      const indexes = asked.map((uid) => roll.indexOf(uid)).filter((index) => index >= 0);
      yield indexes.map((index) => roll.entryAt(index));
      await nextTurn();
      if (indexes.length === asked.length) continue;
      const gone = asked.filter((uid) => roll.indexOf(uid) < 0);
      yield await readMessages(accountId, mailboxId, gone);
    }
    return;
  }
  const read = depth === 'rendering' ? readRendered : readMessages;
  for (let at = 0; at < uids.length; at += portion) {
    yield await read(accountId, mailboxId, uids.slice(at, at + portion));
  }
}

/** Sets \Seen where it is not; returns what really changed. */
async function markSeen(selection: Selection, messages: Fetched[]): Promise<Map<number, Entry>> {
  const unseen = messages.filter((message) => (message.flags & FLAG.seen) === 0);
  if (unseen.length === 0) return new Map();
  const { changed } = await changeFlags(
    selection.accountId,
    selection.mailboxId,
    unseen.map((message) => message.uid),
    { mode: 'add', flags: FLAG.seen, keywords: [] },
  );
  selection.view.markAnswered(changed);
  return new Map(changed.map((entry) => [entry.uid, entry]));
}
