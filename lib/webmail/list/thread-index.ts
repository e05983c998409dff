// The conversations of a mailbox: for each message the one before it in its thread, and the newest of each thread,
// the latest first. Read once for a mailbox and then only what came since; kept for those asked for last, in about
// 20 bytes a message. Derived, never the truth: it is compared with the UIDs of the mailbox at every use.
import type { ImapFlow } from 'imapflow';
import { Refusal } from '../../errors.ts';
import { readLines } from '../imap/plain-reader.ts';
import type { MailAccount } from '../imap/pool.ts';
import { atom } from '../imap/raw-command.ts';
import { readThreadIds } from '../imap/thread-ids.ts';
import { type RecentMap, recentMap } from '../recent-map.ts';
import { readSet, searchUids } from './find-uids.ts';

export type ThreadIndex = {
  /** UIDVALIDITY, number and next UID; while it stays the same nothing else moves */
  state: string;
  /** Ascending */
  uids: Uint32Array;
  /** A number for the thread of each */
  threads: Float64Array;
  /** Place of the message before it in its thread, -1 for the first */
  before: Int32Array;
  /** Places of the newest message of each thread, the newest thread first */
  heads: Int32Array;
};

/** Messages of all indexes that are kept: about 30 MB. */
const keptMessages = 1_500_000;
const fewMessages = 3000;
const shared = globalThis as { dreyThreadIndexes?: RecentMap<ThreadIndex> };

/** The conversations of the selected mailbox. */
export async function readThreadIndex(
  account: MailAccount,
  client: ImapFlow,
  path: string,
): Promise<ThreadIndex> {
  shared.dreyThreadIndexes ??= recentMap(1000, keptMessages);
  const query = { messages: true, uidNext: true, uidValidity: true };
  const status = await client.status(path, query);
  if (!status) throw new Refusal('not-found', 'This folder does not exist.');
  const { messages = 0, uidNext, uidValidity } = status;
  const state = `${uidValidity}.${messages}.${uidNext}`;
  const key = `${account.id} ${uidValidity} ${path}`;
  const known = shared.dreyThreadIndexes.get(key);
  // New messages raise UIDNEXT, and without them fewer are fewer.
  if (known?.state === state) return known;
  const uids = Uint32Array.from(await readAllUids(account, client, path, messages)).sort();
  const threads = new Float64Array(uids.length);
  const missing = takeOver(known, uids, threads);
  await readThreadIds(account, client, path, missing, (uid, threadId) => {
    const at = findPlace(uids, uid);
    if (at >= 0) threads[at] = numberOf(threadId);
  });
  const index = { state, uids, threads, ...linkThreads(uids, threads) };
  shared.dreyThreadIndexes.set(key, index, uids.length + 500);
  return index;
}

async function readAllUids(
  account: MailAccount,
  client: ImapFlow,
  path: string,
  messages: number,
): Promise<number[]> {
  if (messages <= fewMessages) return searchUids(client, [atom('ALL')]);
  let set = '';
  const command = [atom('UID SEARCH RETURN (ALL) ALL')];
  await readLines(account, client, path, [command], (line) => {
    set = /^ESEARCH .* ALL ([\d:,]+)/.exec(line)?.[1] ?? set;
  });
  return readSet(set);
}

/** Fills in what is known; gives the UIDs of which nothing is. */
function takeOver(
  known: ThreadIndex | undefined,
  uids: Uint32Array,
  threads: Float64Array,
): number[] {
  const missing: number[] = [];
  let at = 0;
  for (const [place, uid] of uids.entries()) {
    while (known && at < known.uids.length && known.uids[at]! < uid) at++;
    if (known && known.uids[at] === uid) threads[place] = known.threads[at]!;
    else missing.push(uid);
  }
  return missing;
}

/** Chains of messages of one thread each. A message without a thread is one by itself. */
export function linkThreads(
  uids: Uint32Array,
  threads: Float64Array,
): Pick<ThreadIndex, 'before' | 'heads'> {
  const before = new Int32Array(uids.length).fill(-1);
  const isHead = new Uint8Array(uids.length).fill(1);
  const last = new Map<number, number>();
  for (let place = 0; place < uids.length; place++) {
    const thread = threads[place]!;
    if (thread === 0) continue;
    const previous = last.get(thread);
    if (previous !== undefined) {
      before[place] = previous;
      isHead[previous] = 0;
    }
    last.set(thread, place);
  }
  const heads: number[] = [];
  for (let place = uids.length - 1; place >= 0; place--) if (isHead[place]) heads.push(place);
  return { before, heads: Int32Array.from(heads) };
}

/** UIDs of a conversation by the place of its newest message, ascending. */
export function listThread({ uids, before }: ThreadIndex, head: number): number[] {
  const members: number[] = [];
  for (let place = head; place >= 0; place = before[place]!) members.push(uids[place]!);
  return members.reverse();
}

/** Of messages in an order, the first of each conversation and the place of its newest message. */
export function groupInOrder(
  index: ThreadIndex,
  ordered: Iterable<number>,
): { uid: number; head: number }[] {
  const headOf = new Map<number, number>();
  for (const head of index.heads) if (index.threads[head]) headOf.set(index.threads[head]!, head);
  const seen = new Set<number>();
  const rows: { uid: number; head: number }[] = [];
  for (const uid of ordered) {
    const place = findPlace(index.uids, uid);
    if (place < 0) continue;
    const head = headOf.get(index.threads[place]!) ?? place;
    if (seen.has(head)) continue;
    seen.add(head);
    rows.push({ uid, head });
  }
  return rows;
}

function findPlace(uids: Uint32Array, uid: number): number {
  let low = 0;
  let high = uids.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = uids[middle]!;
    if (at === uid) return middle;
    if (at < uid) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** 53 bits of an id, never 0: two of a million threads meet once in ten thousand mailboxes, and are shown as one. */
export function numberOf(id: string): number {
  let one = 0x811c9dc5;
  let other = 0x9747b28c;
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x85ebca6b);
    other ^= other >>> 13;
  }
  return (one >>> 0) * 0x200000 + ((other >>> 0) & 0x1fffff) + 1;
}
