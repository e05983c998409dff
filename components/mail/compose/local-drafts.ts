// Copies of unfinished messages in this browser (IndexedDB), so that a crash or an ended session loses no second. Keyed by
// the user, and wiped when she signs out. Each open window holds a lock of its name; a copy without one is an orphan.
import type { ComposeForm } from '#lib/webmail/compose/form.ts';
import type { Upload } from '#lib/webmail/compose/uploads.ts';
import { markUnfinished } from './unfinished.ts';

export type LocalDraft = {
  /** Unique in the world: windows of several tabs keep theirs apart */
  id: string;
  user: string;
  /** ISO */
  savedAt: string;
  form: ComposeForm;
  attachments: Upload[];
  draftUid: number | null;
};

const databaseName = 'drey-compose';
const storeName = 'drafts';
const keptMs = 30 * 24 * 3600_000;

let opening: Promise<IDBDatabase> | null = null;
/** Signing out: what a window that is still open would keep comes too late. */
let isWiped = false;

function openDatabase(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: 'id' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  opening.catch(() => {
    opening = null;
  });
  return opening;
}

async function run<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | null> {
  try {
    const database = await openDatabase();
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(storeName, mode);
      const request = work(transaction.objectStore(storeName));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } catch {
    // A private window may keep nothing; the server's draft is there all the same.
    return null;
  }
}

/** Keeps the latest state of a message. */
export async function keepLocal(draft: LocalDraft): Promise<void> {
  if (isWiped) return;
  markUnfinished(true);
  await run('readwrite', (store) => store.put(draft));
}

/** Sent, saved or discarded. */
export async function dropLocal(id: string): Promise<void> {
  await run('readwrite', (store) => store.delete(id));
}

/** What this user left unfinished and no open window holds, newest first. What is of others or old is removed. */
export async function listOrphans(user: string): Promise<LocalDraft[]> {
  const all = (await run<LocalDraft[]>('readonly', (store) => store.getAll())) ?? [];
  if (all.length === 0) markUnfinished(false);
  const held = await listHeld();
  const oldest = Date.now() - keptMs;
  const orphans: LocalDraft[] = [];
  for (const draft of all) {
    if (held.has(lockName(draft.id))) continue;
    if (draft.user !== user || Date.parse(draft.savedAt) < oldest) void dropLocal(draft.id);
    else orphans.push(draft);
  }
  return orphans.sort((a, b) => b.savedAt.localeCompare(a.savedAt));
}

async function listHeld(): Promise<Set<string>> {
  const state = await navigator.locks?.query().catch(() => null);
  return new Set(state?.held?.map(({ name }) => name ?? '') ?? []);
}

function lockName(id: string): string {
  return `drey-draft-${id}`;
}

/** Says that a window has this message open, until the returned function is called or the page goes. */
export function holdLocal(id: string): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  navigator.locks?.request(lockName(id), () => promise).catch(() => {});
  return resolve;
}

/** Forgets everything and keeps nothing more until the page is loaded again; for signing out. */
export async function wipeLocal(): Promise<void> {
  isWiped = true;
  await run('readwrite', (store) => store.clear());
  markUnfinished(false);
}
