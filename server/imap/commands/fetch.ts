// FETCH (RFC 3501 §6.4.5) with its modifiers (fetch-modifier.ts). Works through the set in portions, so
// that a large answer is bounded by the client's reading and not by our memory.
import { changeFlags, FLAG } from '#server/store/flags.ts';
import type { Entry } from '#server/store/journal.ts';
import { readMessages, readRendered, type StoredMessage } from '#server/store/read.ts';
import { startLoop } from '#server/store/turn.ts';
import { toRanges } from '#server/store/uid-range.ts';
import { type Depth, depthOf, type Fetched, formatMessage } from '../fetch-data.ts';
import { type FetchItem, type PlainItem, parseItems } from '../fetch-item.ts';
import { type FetchModifiers, narrowUids, parseFetchModifiers } from '../fetch-modifier.ts';
import { answerPlain, isPlain } from '../fetch-plain.ts';
import { isHeaderOnly } from '../message-source.ts';
import type { Selection } from '../selection.ts';
import type { Session } from '../session.ts';
import { findVanished, formatVanished, readKnown } from '../vanished.ts';
import { bad, no, ok } from '../wire/encode.ts';
import { type SequenceSet, savedResult } from '../wire/sequence-set.ts';
import { defineCommand, onlySelected } from './command.ts';
import { findUids } from './message-set.ts';

type Args = { set: SequenceSet; items: FetchItem[]; modifiers: FetchModifiers };

const portion = 100;

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
    let isDecoded = true;
    const loop = startLoop();
    const readsBytes = wanted.length > 1 && items.some(needsBytes);
    const isListed = isPlain(items, session.isUtf8, marksSeen);
    if (isListed) answered = yield* answerPlain(selection, wanted, items);
    for await (const messages of readPortions(selection, isListed ? [] : wanted, depth)) {
      if (readsBytes) await selection.sources.readAhead(messages as StoredMessage[]);
      const seen = marksSeen ? await markSeen(selection, messages) : new Map<number, Entry>();
      for (const message of messages) {
        const changed = seen.get(message.uid);
        const current = changed ? { ...message, ...changed } : message;
        const told = changed ? withFlags(items, session) : items;
        const number = selection.view.numberOf(message.uid);
        answered++;
        const isWhole = yield* formatMessage(number, current, told, {
          isRecent: selection.view.isRecent(message.uid),
          sources: selection.sources,
          isUtf8: session.isUtf8,
        });
        if (!isWhole) isDecoded = false;
        await loop.pause();
      }
    }
    if (readsBytes) await selection.sources.readAhead([]);
    if (!isDecoded) return no('A part has an encoding nobody knows', 'UNKNOWN-CTE'); // RFC 3516 §4.3
    // RFC 2180 §4.1.1: what another session has expunged can be read on; §4.1.2: what it has moved cannot.
    const { view } = selection;
    const isMissing =
      answered < wanted.length || (view.hasGone && wanted.some((uid) => view.isGone(uid)));
    return ok('Fetch completed', !isUid && isMissing ? 'EXPUNGEISSUED' : undefined);
  },
});

function hasItem(items: readonly FetchItem[], name: PlainItem): boolean {
  return items.some((item) => item.kind === 'plain' && item.name === name);
}

function needsBytes(item: FetchItem): boolean {
  return item.kind === 'section' && !isHeaderOnly(item.section);
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
