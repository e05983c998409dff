// What changes in a mailbox while a page is open. One connection in IDLE (RFC 2177) for each watched folder,
// shared by all tabs of the account. Of the folders nobody looks at the inbox's connection hears too (NOTIFY); where
// the server cannot do that they are compared by LIST-STATUS twice a minute.
import type { ImapFlow } from 'imapflow';
import type { Banner } from '../../accounts/announcement.ts';
import { logOf } from '../../log.ts';
import { connectImap, type MailAccount } from '../imap/pool.ts';
import { type Folder, listFolders } from '../list/mailboxes.ts';
import { notifyOfFolders } from './notify.ts';

export type MailEvent =
  | { kind: 'changed'; folder: string; hasNew: boolean }
  | { kind: 'folders' }
  /** What administrators tell now, all of it (banners.ts) */
  | { kind: 'announcements'; banners: Banner[] }
  | { kind: 'lost' }
  | { kind: 'back' };
type Listener = (event: MailEvent) => void;

const settleMs = 120;
const lingerMs = 20_000;
const pollMs = 30_000;
const maxFoldersWatched = 6;
const log = logOf('webmail');

type FolderWatch = {
  users: number;
  client: ImapFlow | null;
  stop: NodeJS.Timeout | null;
  retryMs: number;
  isClosed: boolean;
  pending: { hasNew: boolean; timer: NodeJS.Timeout } | null;
};
type AccountWatch = {
  account: MailAccount;
  listeners: Set<Listener>;
  folders: Map<string, FolderWatch>;
  poll: NodeJS.Timeout | null;
  states: Map<string, string>;
  /** The connection that hears of all folders, while there is one. */
  notified: ImapFlow | null;
  pendingFolders: NodeJS.Timeout | null;
};

const shared = globalThis as { dreyMailWatches?: Map<string, AccountWatch> };

/** Tells `listener` of changes, those of `wanted` and the inbox at once. The answer ends it. */
export function watchMail(
  account: MailAccount,
  wanted: readonly string[],
  listener: Listener,
): () => void {
  shared.dreyMailWatches ??= new Map();
  const watches = shared.dreyMailWatches;
  const key = `${account.id} ${account.epoch}`;
  const watch = watches.get(key) ?? startWatch(account);
  watches.set(key, watch);
  watch.listeners.add(listener);
  const folders = [...new Set(['INBOX', ...wanted])].filter((path) => holdFolder(watch, path));
  for (const path of folders) {
    // The same gap for a page that joins a watch which others began.
    if (watch.folders.get(path)?.client) listener({ kind: 'changed', folder: path, hasNew: false });
  }
  let isEnded = false;
  return () => {
    if (isEnded) return;
    isEnded = true;
    watch.listeners.delete(listener);
    for (const path of folders) leaveFolder(watch, path);
    if (watch.listeners.size > 0) return;
    if (watch.poll) clearInterval(watch.poll);
    if (watch.pendingFolders) clearTimeout(watch.pendingFolders);
    watches.delete(key);
  };
}

function startWatch(account: MailAccount): AccountWatch {
  const watch: AccountWatch = {
    account,
    listeners: new Set(),
    folders: new Map(),
    poll: null,
    states: new Map(),
    notified: null,
    pendingFolders: null,
  };
  watch.poll = setInterval(() => {
    if (!watch.notified?.usable) void compareFolders(watch);
  }, pollMs);
  watch.poll.unref();
  void compareFolders(watch);
  return watch;
}

function tell(watch: AccountWatch, event: MailEvent): void {
  for (const listener of watch.listeners) listener(event);
}

async function compareFolders(watch: AccountWatch): Promise<void> {
  const folders: Folder[] = await listFolders(watch.account).catch(() => []);
  if (folders.length === 0) return;
  const before = watch.states;
  watch.states = new Map(folders.map((folder) => [folder.path, folder.state]));
  if (before.size === 0) return;
  const isChanged =
    before.size !== watch.states.size ||
    [...watch.states].some(([path, state]) => before.get(path) !== state);
  if (isChanged) tell(watch, { kind: 'folders' });
}

/** Lets the server tell of all folders on `client`. */
async function hearOfFolders(watch: AccountWatch, client: ImapFlow): Promise<void> {
  const note = () => {
    watch.pendingFolders ??= setTimeout(() => {
      watch.pendingFolders = null;
      tell(watch, { kind: 'folders' });
    }, settleMs);
  };
  const end = () => {
    if (watch.notified === client) watch.notified = null;
  };
  if (!(await notifyOfFolders(client, note, end))) return;
  watch.notified = client;
  // What happened between the last comparison and this moment would be told to nobody.
  void compareFolders(watch);
}

/** Watches a folder; false where enough are watched: its news come with the counts then. */
function holdFolder(watch: AccountWatch, path: string): boolean {
  const known = watch.folders.get(path);
  if (known) {
    known.users++;
    if (known.stop) clearTimeout(known.stop);
    known.stop = null;
    return true;
  }
  if (watch.folders.size >= maxFoldersWatched) {
    const idle = [...watch.folders].find(([, each]) => each.users === 0);
    if (!idle) return false;
    closeFolder(watch, idle[0], idle[1]);
  }
  const folder: FolderWatch = {
    users: 1,
    client: null,
    stop: null,
    retryMs: 1000,
    isClosed: false,
    pending: null,
  };
  watch.folders.set(path, folder);
  void connectFolder(watch, path, folder);
  return true;
}

/** A folder is watched a little longer than it is open: people go back and forth. */
function leaveFolder(watch: AccountWatch, path: string): void {
  const folder = watch.folders.get(path);
  if (!folder || --folder.users > 0) return;
  folder.stop = setTimeout(() => closeFolder(watch, path, folder), lingerMs);
  folder.stop.unref();
}

function closeFolder(watch: AccountWatch, path: string, folder: FolderWatch): void {
  folder.isClosed = true;
  if (folder.stop) clearTimeout(folder.stop);
  if (folder.pending) clearTimeout(folder.pending.timer);
  if (watch.folders.get(path) === folder) watch.folders.delete(path);
  folder.client?.close();
}

async function connectFolder(
  watch: AccountWatch,
  path: string,
  folder: FolderWatch,
): Promise<void> {
  try {
    const client = await connectImap(watch.account, true);
    if (folder.isClosed) {
      client.close();
      return;
    }
    folder.client = client;
    const note = (hasNew: boolean) => noteChange(watch, path, folder, hasNew);
    client.on('exists', (event) => note(event.count > event.prevCount));
    client.on('expunge', () => note(false));
    client.on('flags', () => note(false));
    client.on('close', () => reconnect(watch, path, folder));
    await client.mailboxOpen(path, { readOnly: true });
    if (folder.retryMs > 1000) tell(watch, { kind: 'back' });
    folder.retryMs = 1000;
    // Mail that came between the page's list and this moment would be told to nobody.
    note(false);
    if (path === 'INBOX') await hearOfFolders(watch, client);
    // Imapflow would begin to idle by itself, but only after its delay.
    void client.idle().catch(() => {});
  } catch (error) {
    log.debug({ path, code: (error as { code?: string }).code }, 'watch failed');
    if (folder.client) folder.client.close();
    else reconnect(watch, path, folder);
  }
}

function reconnect(watch: AccountWatch, path: string, folder: FolderWatch): void {
  if (folder.isClosed) return;
  folder.client = null;
  if (watch.listeners.size === 0) {
    closeFolder(watch, path, folder);
    return;
  }
  if (path === 'INBOX') tell(watch, { kind: 'lost' });
  const timer = setTimeout(() => {
    if (!folder.isClosed) void connectFolder(watch, path, folder);
  }, folder.retryMs);
  timer.unref();
  folder.retryMs = Math.min(folder.retryMs * 2, 30_000);
}

/** A burst of changes (a thousand moved messages) is told once. */
function noteChange(watch: AccountWatch, path: string, folder: FolderWatch, hasNew: boolean): void {
  if (folder.pending) {
    folder.pending.hasNew ||= hasNew;
    return;
  }
  const pending = {
    hasNew,
    timer: setTimeout(() => {
      folder.pending = null;
      tell(watch, { kind: 'changed', folder: path, hasNew: pending.hasNew });
    }, settleMs),
  };
  folder.pending = pending;
}
