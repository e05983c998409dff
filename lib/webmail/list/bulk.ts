// "All messages that match": the UIDs are frozen at the moment a person says so, and an action runs over them in
// bounded steps here on the server while the page shows how far it is. What was done is remembered, so that it can be
// taken back. Everything is held per user, bounded in number and in time, on globalThis (Next loads this module once
// per route bundle); a restart forgets it, which stops a job between two steps and harms no message.
import { randomUUID } from 'node:crypto';
import { isRefusal, Refusal } from '../../errors.ts';
import { logOf } from '../../log.ts';
import {
  deleteForGood,
  deleteMessages,
  type FlagName,
  flagOf,
  type Moved,
  moveMessages,
  moveToRole,
  setFlag,
} from '../actions.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { atom, sequence } from '../imap/raw-command.ts';
import { formatUidSet } from '../imap/uid-set.ts';
import { reportMove } from '../report.ts';
import { readSearchContext } from '../search/context.ts';
import { findAcross } from '../search/find.ts';
import { findScope, hasScope } from '../search/scope.ts';
import { type ArchiveSplit, archiveMessages, copyMessages, markDeleted } from './filing.ts';
import { searchKeys, searchUids } from './find-uids.ts';
import { listFolders } from './mailboxes.ts';
import { type ListRequest, listUids } from './message-list.ts';

export type BulkAction =
  | { kind: 'flag'; flag: FlagName; isSet: boolean }
  | { kind: 'move' | 'copy'; to: string }
  | { kind: 'move-role'; role: 'junk' | 'trash' | 'inbox' }
  | { kind: 'archive'; split: ArchiveSplit }
  | { kind: 'delete' | 'destroy' }
  | { kind: 'mark-deleted'; isDeleted: boolean; isRead: boolean };

export type BulkState = 'running' | 'done' | 'failed' | 'stopped';
export type BulkProgress = {
  id: string;
  total: number;
  done: number;
  state: BulkState;
  /** Why it failed, in a sentence */
  error: string | null;
  mayUndo: boolean;
};

type Part = { folder: string; uids: Uint32Array };
type Frozen = { accountId: string; at: number; parts: Part[] };
type Inverse = Part & { action: BulkAction };
type Job = BulkProgress & {
  accountId: string;
  at: number;
  isStopped: boolean;
  undo: Inverse[];
};
type Held = { frozen: Map<string, Frozen>; jobs: Map<string, Job> };

export const stepSize = 500;
const mostUids = 1_000_000;
const mostFrozen = 3;
const mostJobs = 5;
const heldMs = 30 * 60_000;
const log = logOf('webmail');
const shared = globalThis as { dreyBulk?: Held };

function held(): Held {
  shared.dreyBulk ??= { frozen: new Map(), jobs: new Map() };
  return shared.dreyBulk;
}

/** Freezes everything a list holds now. Refusal 'not-found' for the folder, 'limit' over a million messages. */
export async function freezeList(
  account: MailAccount,
  request: ListRequest,
): Promise<{ id: string; count: number }> {
  const parts = (await listAcross(account, request)) ?? [await listFolder(account, request)];
  const count = parts.reduce((sum, { uids }) => sum + uids.length, 0);
  if (count > mostUids) throw new Refusal('limit', 'These are too many messages at once.');
  const { frozen } = held();
  dropOld(frozen, account.id, mostFrozen - 1);
  const id = randomUUID();
  frozen.set(id, { accountId: account.id, at: Date.now(), parts });
  return { id, count };
}

async function listFolder(account: MailAccount, request: ListRequest): Promise<Part> {
  const { folder } = request;
  const uids = await withMailbox(account, folder, async (client, mailbox) => {
    const listed = await listUids(client, mailbox, account, request);
    return listed ? listed.uids.slice() : Uint32Array.from(await searchUids(client, [atom('ALL')]));
  });
  return { folder, uids };
}

/** The matches of a search in several folders, by folder; null for a search in one. */
async function listAcross(account: MailAccount, request: ListRequest): Promise<Part[] | null> {
  const { folder, query = '', filter = null } = request;
  const scope = hasScope(query) ? findScope(query, folder, await listFolders(account)) : null;
  if (!scope) return null;
  const keys = searchKeys(query, filter, await readSearchContext(account.id));
  const key = [folder, query, filter ?? ''].join('\u0000');
  const { found } = await findAcross(account, scope, keys, { key });
  return [...Map.groupBy(found, (each) => each.folder)].map(([path, members]) => ({
    folder: path,
    uids: Uint32Array.from(members, ({ uid }) => uid),
  }));
}

/** Begins an action over a frozen selection; the answer comes at once, the work goes on. */
export function startBulk(
  account: MailAccount,
  selectionId: string,
  action: BulkAction,
): BulkProgress {
  const selection = held().frozen.get(selectionId);
  if (!selection || selection.accountId !== account.id) {
    throw new Refusal('not-found', 'The selection has expired. Select the messages again.');
  }
  return launch(
    account,
    selection.parts.map((part) => ({ ...part, action })),
  );
}

/** Takes back what a job did, as a job of its own. */
export function undoBulk(account: MailAccount, id: string): BulkProgress {
  const job = findJob(account, id);
  if (job.state === 'running') throw new Refusal('conflict', 'It is still running. Stop it first.');
  if (job.undo.length === 0) throw new Refusal('forbidden', 'This cannot be undone.');
  const work = job.undo.toReversed();
  job.undo = [];
  return launch(account, work);
}

/** How far a job is. Refusal 'not-found' also for somebody else's. */
export function readBulk(account: MailAccount, id: string): BulkProgress {
  return progressOf(findJob(account, id));
}

/** Lets a job end after the step it is in. */
export function stopBulk(account: MailAccount, id: string): BulkProgress {
  const job = findJob(account, id);
  job.isStopped = true;
  return progressOf(job);
}

function findJob(account: MailAccount, id: string): Job {
  const job = held().jobs.get(id);
  if (!job || job.accountId !== account.id) throw new Refusal('not-found', 'There is no such job.');
  return job;
}

function progressOf({ id, total, done, state, error, undo }: Job): BulkProgress {
  return { id, total, done, state, error, mayUndo: state !== 'running' && undo.length > 0 };
}

function launch(account: MailAccount, work: Inverse[]): BulkProgress {
  const { jobs } = held();
  const running = [...jobs.values()].filter(
    (job) => job.accountId === account.id && job.state === 'running',
  );
  if (running.length > 0) throw new Refusal('limit', 'Wait until the other action is done.');
  dropOld(jobs, account.id, mostJobs - 1);
  const job: Job = {
    id: randomUUID(),
    accountId: account.id,
    at: Date.now(),
    total: work.reduce((sum, { uids }) => sum + uids.length, 0),
    done: 0,
    state: 'running',
    error: null,
    mayUndo: false,
    isStopped: false,
    undo: [],
  };
  jobs.set(job.id, job);
  void run(account, job, work);
  return progressOf(job);
}

async function run(account: MailAccount, job: Job, work: Inverse[]): Promise<void> {
  try {
    for (const { folder, uids, action } of work) {
      for (let at = 0; at < uids.length; at += stepSize) {
        if (job.isStopped) {
          job.state = 'stopped';
          return;
        }
        const step = [...uids.subarray(at, at + stepSize)];
        job.undo.push(...(await perform(account, folder, step, action)));
        job.done += step.length;
      }
    }
    job.state = 'done';
  } catch (error) {
    job.state = 'failed';
    job.error = isRefusal(error) ? error.message : 'Something went wrong on the server.';
    if (!isRefusal(error)) log.error({ err: error }, 'bulk action failed');
  }
}

/** One step; what takes it back. Messages that are gone meanwhile are passed over. */
async function perform(
  account: MailAccount,
  folder: string,
  uids: number[],
  action: BulkAction,
): Promise<Inverse[]> {
  switch (action.kind) {
    case 'flag': {
      const changed = await findOthers(account, folder, uids, flagOf[action.flag], action.isSet);
      if (changed.length === 0) return [];
      await setFlag(account, folder, changed, action.flag, action.isSet);
      return [inverse(folder, changed, { ...action, isSet: !action.isSet })];
    }
    case 'mark-deleted': {
      const changed = await findOthers(account, folder, uids, '\\Deleted', action.isDeleted);
      if (changed.length === 0) return [];
      await markDeleted(account, folder, changed, action.isDeleted, action.isRead);
      return [inverse(folder, changed, { ...action, isDeleted: !action.isDeleted })];
    }
    case 'copy': {
      const copies = await copyMessages(account, folder, uids, action.to);
      return [inverse(copies.folder, copies.uids, { kind: 'destroy' })];
    }
    case 'destroy':
      await deleteForGood(account, folder, uids);
      return [];
    case 'delete': {
      const moved = await deleteMessages(account, folder, uids);
      return moved ? backTo(folder, [moved]) : [];
    }
    case 'move':
      await reportMove(account, folder, uids, { path: action.to });
      return backTo(folder, [await moveMessages(account, folder, uids, action.to)]);
    case 'move-role':
      await reportMove(account, folder, uids, { role: action.role });
      return backTo(folder, [await moveToRole(account, folder, uids, action.role)]);
    case 'archive':
      return backTo(folder, await archiveMessages(account, folder, uids, action.split));
  }
}

function backTo(origin: string, moved: readonly Moved[]): Inverse[] {
  return moved.map(({ folder, uids }) => inverse(folder, uids, { kind: 'move', to: origin }));
}

function inverse(folder: string, uids: readonly number[], action: BulkAction): Inverse {
  return { folder, uids: Uint32Array.from(uids), action };
}

/** Those of `uids` that do not have the flag as wanted: only they change, and only they are taken back. */
async function findOthers(
  account: MailAccount,
  folder: string,
  uids: number[],
  flag: string,
  isSet: boolean,
): Promise<number[]> {
  return withMailbox(account, folder, (client) => {
    const key = flag.startsWith('\\')
      ? [atom(flag.slice(1).toUpperCase())]
      : [atom('KEYWORD'), atom(flag)];
    const wanted = isSet ? [atom('NOT'), ...key] : key;
    return searchUids(client, [atom('UID'), sequence(formatUidSet(uids)), ...wanted]);
  });
}

/** Makes room: what is old goes, and of the user's own all but the `most` newest that are not running. */
function dropOld<T extends { accountId: string; at: number; state?: BulkState }>(
  entries: Map<string, T>,
  accountId: string,
  most: number,
): void {
  const now = Date.now();
  let own = 0;
  for (const [id, entry] of [...entries].reverse()) {
    if (entry.state === 'running') continue;
    if (entry.accountId === accountId) own++;
    const isOver = entry.accountId === accountId && own > most;
    if (isOver || now - entry.at > heldMs) entries.delete(id);
  }
}
