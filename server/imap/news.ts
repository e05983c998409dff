// What a client is told beside the answers to its commands: what others did to the selected mailbox, and what
// NOTIFY asked for of the others (RFC 5465). One place for every occasion: behind a command, in IDLE, and with
// NOTIFY at any time between.
//
// Invariant: what is told of the selected mailbox is decided by the view; here only how much of it, and when.
import { readMessages, readRendered } from '#server/store/read.ts';
import { startLoop } from '#server/store/turn.ts';
import type { Output } from './commands/command.ts';
import { depthOf, formatMessage } from './fetch-data.ts';
import type { FetchItem, PlainItem } from './fetch-item.ts';
import type { Notify } from './notify/notify.ts';
import type { NotifyRequest } from './notify/request.ts';
import { sumEvents } from './notify/request.ts';
import { NotifyWatch, TooMuchToWatch } from './notify/watch.ts';
import type { Selection } from './selection.ts';
import type { Session } from './session.ts';
import { untaggedState } from './wire/encode.ts';

export type Occasion = {
  /** Numbers may move (RFC 3501 §7.4.1). */
  mayExpunge: boolean;
  /** Looks into the journal though nobody said that there is news. */
  isForced?: boolean;
  /** Flags wait. */
  holdsFlags?: boolean;
  /** All of the selected mailbox, whatever NOTIFY has set. */
  isWhole?: boolean;
};

/** NOTIFY NONE: nothing at all is told (RFC 5465 §3.1). */
export const silence: Notify = { selected: null, watch: null };

const portion = 50;
/** New messages at once of which attributes are told; who gets more fetches what it wants. */
const maxArrivals = 2000;

/** Begins to watch what `request` asks for. Throws TooMuchToWatch. */
export async function startNotify(session: Session, request: NotifyRequest): Promise<Notify> {
  const { selected, scopes } = request;
  if (sumEvents(scopes) === 0) return { selected, watch: null };
  const watch = new NotifyWatch(session, request);
  try {
    await watch.start();
  } catch (error) {
    watch.stop();
    throw error;
  }
  return { selected, watch };
}

/** Resolves when there may be something to tell, or when `signal` aborts. */
export async function waitForNews(session: Session, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { selection, notify } = session;
  if (!notify) return selection ? selection.waitForChange(signal) : waitForAbort(signal);
  const both = new AbortController();
  const stop = () => both.abort();
  signal.addEventListener('abort', stop, { once: true });
  const waits = [waitForAbort(both.signal)];
  if (selection && notify.selected) waits.push(selection.waitForChange(both.signal));
  if (notify.watch) waits.push(notify.watch.waitForChange(both.signal));
  try {
    await Promise.race(waits);
  } finally {
    signal.removeEventListener('abort', stop);
    both.abort();
  }
}

function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** False where `tellNews` would find nothing to tell: known without a look, as behind most commands. */
export function mayHaveNews(
  { notify, selection }: Session,
  { isForced = false }: Occasion,
): boolean {
  return notify !== null || (selection !== null && !selection.isQuiet(isForced));
}

/** Everything that may be told now; it counts as told. */
export async function* tellNews(session: Session, occasion: Occasion): AsyncGenerator<Output> {
  if (session.selection) yield* tellSelected(session, session.selection, occasion);
  const watch = session.notify?.watch;
  if (!watch) return;
  try {
    const lines = await watch.tell();
    if (lines.length > 0) yield lines;
  } catch (error) {
    if (!(error instanceof TooMuchToWatch)) throw error;
    yield overflow(session);
  }
}

/** With no command in progress: what NOTIFY asked for (RFC 5465 §1), expunges unless they are to wait (§6.1.2). */
export async function* tellNotified(session: Session): AsyncGenerator<Output> {
  yield* tellNews(session, { mayExpunge: session.notify?.selected?.isDelayed === false });
}

/** Ends NOTIFY because it is too much (RFC 5465 §5.8): the line that says so. */
export function overflow(session: Session): string {
  session.setNotify(silence);
  return untaggedState('OK', 'Too many notifications, there are none now', 'NOTIFICATIONOVERFLOW');
}

async function* tellSelected(
  session: Session,
  selection: Selection,
  { mayExpunge, isForced = false, holdsFlags = false, isWhole = false }: Occasion,
): AsyncGenerator<Output> {
  const { isCondstore } = session;
  if (session.isStill && !isWhole) {
    // The mailbox stands still (RFC 5465 §5), but for what the client expunges and for rights that end.
    await selection.grant.refresh();
    if (!selection.isLost) {
      yield* inTurns(selection.tell(mayExpunge, isCondstore, true));
      yield selection.tellContexts();
      return;
    }
  }
  const wanted = isWhole ? null : session.notify?.selected;
  const items = wanted?.items ?? [];
  const { contexts } = selection;
  await selection.refresh(isForced);
  const { view } = selection;
  const lastTold = view.lastToldUid;
  // What is fetched anew has its flags with it (§5.2).
  if (hasItem(items, 'FLAGS')) view.dropFlagNews(lastTold + 1);
  const holds = holdsFlags || wanted?.hasFlags === false;
  yield* inTurns(selection.tell(mayExpunge, isCondstore, holds));
  if (items.length > 0 || contexts.hasItems) {
    yield* tellArrived(session, selection, items, lastTold);
  }
  yield selection.tellContexts();
}

/** Lets others run between the pieces of what may be a line for each message of a large mailbox. */
async function* inTurns(pieces: Iterable<string>): AsyncGenerator<string> {
  const loop = startLoop();
  for (const piece of pieces) {
    if (piece !== '') yield piece;
    await loop.pause();
  }
}

/**
 * Attributes of the messages behind `lastTold`: `items`, and what searches that they fit ask for (§7), but none of
 * those that the client has put there itself (§5.2).
 */
async function* tellArrived(
  session: Session,
  selection: Selection,
  items: readonly FetchItem[],
  lastTold: number,
): AsyncGenerator<Output> {
  const { view, sources, accountId, mailboxId, ownArrivals, contexts } = selection;
  const uids = [...view.listUidsFrom(lastTold + 1)].filter((uid) => !ownArrivals.has(uid));
  ownArrivals.clear();
  if (items.length > 0 && uids.length > maxArrivals) {
    yield overflow(session);
    return;
  }
  const wanted = new Map<number, FetchItem[]>();
  for (const uid of uids) {
    const told = [...items, ...contexts.listItems(uid)];
    if (told.length > 0) wanted.set(uid, completeItems(told, session.isCondstore));
  }
  for (const part of cutIntoPortions([...wanted.keys()])) {
    const isRow = part.every((uid) => depthOf(wanted.get(uid)!) !== 'rendering');
    for (const message of await (isRow ? readMessages : readRendered)(accountId, mailboxId, part)) {
      const reading = { isRecent: view.isRecent(message.uid), sources, isUtf8: session.isUtf8 };
      const number = view.numberOf(message.uid);
      yield* formatMessage(number, message, wanted.get(message.uid)!, reading);
    }
  }
}

function* cutIntoPortions(uids: readonly number[]): Generator<number[]> {
  for (let at = 0; at < uids.length; at += portion) yield uids.slice(at, at + portion);
}

/** Each once, with the UID, as every FETCH that nobody asked for, and the MODSEQ beside flags (RFC 7162 §3.2). */
function completeItems(items: readonly FetchItem[], isCondstore: boolean): FetchItem[] {
  const complete = new Map<string, FetchItem>([['UID', { kind: 'plain', name: 'UID' }]]);
  for (const item of items) {
    complete.set(item.kind === 'plain' ? item.name : JSON.stringify(item), item);
  }
  if (isCondstore && hasItem(items, 'FLAGS')) {
    complete.set('MODSEQ', { kind: 'plain', name: 'MODSEQ' });
  }
  return [...complete.values()];
}

function hasItem(items: readonly FetchItem[], name: PlainItem): boolean {
  return items.some((item) => item.kind === 'plain' && item.name === name);
}
