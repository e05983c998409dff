// What lists have told lately of messages, without what may change: the newest messages of a mailbox are asked
// for again and again, by each client that opens it. Bounded in bytes, one memory a process, never the truth:
// which messages there are, and their flags, is read each time.
import { countDatabasesOpened } from '#lib/db.ts';
import type { FetchItem } from './fetch-item.ts';
import type { Lasting } from './fetch-writer.ts';
import type { Selection } from './selection.ts';

const maxBytes = 8 * 1024 * 1024;
const maxListBytes = 1024 * 1024;
/** Longer lists of items are seldom asked for twice. */
const maxName = 1000;
/** What `drey check --repair` has set right in another process is told after so long. */
const keptMs = 10 * 60_000;

/** What is known of the messages of a mailbox for one list of items, by UID. */
export type Told = Map<number, Lasting>;

type List = { told: Told; bytes: number; madeAt: number; database: number };

const lists = new Map<string, List>();
let totalBytes = 0;

/** Null where nothing is remembered of such items. */
export function nameList(selection: Selection, items: readonly FetchItem[]): string | null {
  const { accountId, mailboxId, mailbox } = selection;
  const labels = items.map((item) => (item.kind === 'plain' ? item.name : item.label));
  // That of a message that waits for its end in the mailbox of deleted ones may be moved.
  if (labels.includes('SAVEDATE')) return null;
  const name = `${accountId} ${mailboxId} ${mailbox.uidValidity} ${labels.join(' ')}`;
  return name.length > maxName ? null : name;
}

/** What is remembered under a name. */
export function recallTold(name: string): ReadonlyMap<number, Lasting> {
  const list = lists.get(name);
  if (!list) return new Map();
  lists.delete(name);
  const isOld = performance.now() - list.madeAt > keptMs;
  if (isOld || list.database !== countDatabasesOpened()) {
    totalBytes -= list.bytes;
    return new Map();
  }
  lists.set(name, list);
  return list.told;
}

/** Adds to it; what was asked for longest ago makes room. */
export function rememberTold(name: string, added: Told): void {
  let list = lists.get(name);
  lists.delete(name);
  if (!list || list.bytes > maxListBytes) {
    totalBytes -= list?.bytes ?? 0;
    list = {
      told: new Map(),
      bytes: 0,
      madeAt: performance.now(),
      database: countDatabasesOpened(),
    };
  }
  let bytes = 0;
  for (const [uid, lasting] of added) {
    list.told.set(uid, lasting);
    for (const piece of lasting) bytes += piece.length + 150;
  }
  list.bytes += bytes;
  totalBytes += bytes;
  lists.set(name, list);
  for (const [oldest, { bytes }] of lists) {
    if (totalBytes <= maxBytes) return;
    lists.delete(oldest);
    totalBytes -= bytes;
  }
}
