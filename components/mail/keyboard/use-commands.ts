// What each command of the list in commands.ts does on the mail page.
'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useMemo, useRef } from 'react';
import type { FolderRole } from '#lib/webmail/list/mailboxes.ts';
import type { ComposeStart } from '../compose/compose-start.ts';
import { usePreferences } from '../state/preferences.tsx';
import { folderOf, uidOf } from '../state/row-id.ts';
import type { Mail } from '../state/use-mail.ts';
import { type CommandId, commands } from './commands.ts';
import { callCommand } from './use-command-listener.ts';

export type PageHandlers = {
  compose: (start: ComposeStart) => void;
  openRow: (id: number) => void;
  help: () => void;
  palette: () => void;
  columns: () => void;
  search: () => void;
  /** Asks for a folder */
  choose: (ids: number[], isCopy: boolean) => void;
  /** Asks before messages go without Trash */
  destroy: (ids: number[]) => void;
};

/** Does a command; false where there is nothing to do, and the browser may have the key. */
export type Perform = (id: CommandId, targets?: number[]) => boolean;
// biome-ignore lint/suspicious/noConfusingVoidType: an act that says nothing is the usual one
type Act = (targets: number[]) => boolean | void;

const folderCommands: Partial<Record<CommandId, FolderRole>> = {
  'go-inbox': 'inbox',
  'go-drafts': 'drafts',
  'go-sent': 'sent',
  'go-archive': 'archive',
  'go-junk': 'junk',
  'go-trash': 'trash',
};
const needsTarget = new Set(commands.filter(({ needs }) => needs === 'target').map(({ id }) => id));

/** `perform` stays the same function as long as the page lives. */
export function useCommands(mail: Mail, handlers: PageHandlers): { perform: Perform } {
  const router = useRouter();
  const t = useTranslations('mail');
  const { change } = usePreferences();
  const { rowIdOf } = mail;
  const current = useRef<Record<string, Act>>({});
  const targetsNow = useRef<() => number[]>(() => []);
  targetsNow.current = () =>
    mail.selected.size > 0 ? [...mail.selected] : mail.cursor ? [mail.cursor] : [];
  current.current = {
    ...goActs(mail, handlers, (path) => mail.leave(() => router.push(path))),
    ...listActs(mail, handlers),
    ...selectActs(mail),
    ...messageActs(mail, handlers, (key) => t(key)),
    ...writeActs(mail, handlers),
    'layout-right': () => void change({ 'list.layout': 'right' }),
    'layout-below': () => void change({ 'list.layout': 'below' }),
    'layout-list': () => void change({ 'list.layout': 'list' }),
    'density-comfortable': () => void change({ 'list.density': 'comfortable' }),
    'density-default': () => void change({ 'list.density': 'default' }),
    'density-compact': () => void change({ 'list.density': 'compact' }),
    columns: handlers.columns,
  };
  return useMemo(
    () => ({
      perform(id, targets) {
        const meant = targets?.map(rowIdOf) ?? targetsNow.current();
        if (needsTarget.has(id) && meant.length === 0) return true;
        if (callCommand({ id, targets: meant })) return true;
        const act = current.current[id];
        return act ? act(meant) !== false : false;
      },
    }),
    [rowIdOf],
  );
}

type Acts = Partial<Record<CommandId, Act>>;

function goActs(mail: Mail, handlers: PageHandlers, visit: (path: string) => void): Acts {
  const acts: Acts = {
    search: handlers.search,
    'go-starred': () => mail.go({ query: '', filter: 'starred', page: 1, uid: null }),
    'go-contacts': () => visit('/contacts'),
    'go-calendar': () => visit('/calendar'),
    'go-options': () => visit('/options'),
    palette: handlers.palette,
    help: handlers.help,
    tips: () => void import('./tips.ts').then(({ showTips }) => showTips()),
  };
  for (const [id, role] of Object.entries(folderCommands)) {
    acts[id as CommandId] = () => {
      const folder = mail.folders.find((each) => each.role === role);
      if (folder) mail.go({ folder: folder.path, query: '', filter: null, page: 1, uid: null });
    };
  }
  return acts;
}

function listActs(mail: Mail, handlers: PageHandlers): Acts {
  const { place, rows, cursor, list } = mail;
  const filterBy = (filter: 'unread' | 'starred' | 'attachment') => () =>
    mail.go({ filter: place.filter === filter ? null : filter, page: 1, uid: null });
  const turn = (by: number) => () => {
    const page = place.page + by;
    if (mail.isPaged && page >= 1) mail.go({ page, uid: null });
  };
  return {
    next: () => step(mail, 1),
    previous: () => step(mail, -1),
    // Where pages are turned, of the page.
    first: () => mail.jumpTo(mail.isPaged ? (list?.start ?? 0) : 0),
    last: () =>
      mail.jumpTo((mail.isPaged ? (list?.start ?? 0) + rows.length : (list?.total ?? 0)) - 1),
    'next-unread': () => {
      const from = rows.findIndex((row) => row.uid === cursor);
      const next = rows.slice(from + 1).find((row) => !row.isSeen);
      if (next) show(mail, next.uid);
    },
    open: ([id]) => {
      if (id && place.uid === null) handlers.openRow(cursor ?? id);
    },
    close: () => {
      if (place.uid !== null) mail.close();
    },
    back: () => takeBack(mail),
    'next-page': turn(1),
    'previous-page': turn(-1),
    refresh: mail.refresh,
    'filter-unread': filterBy('unread'),
    'filter-starred': filterBy('starred'),
    'filter-attachment': filterBy('attachment'),
    'read-all': () => void mail.actOnFolder('read-all', place.folder),
    expunge: () => void mail.actOnFolder('expunge', place.folder),
  };
}

function selectActs(mail: Mail): Acts {
  const { rows, selected, cursor } = mail;
  const choose = (isWanted: (row: Mail['rows'][number]) => boolean) => () => {
    mail.setEverything(null);
    mail.setSelected(new Set(rows.filter(isWanted).map((row) => row.uid)));
  };
  const extend = (by: 1 | -1) => () => {
    const index = rows.findIndex((row) => row.uid === cursor);
    const next = rows[index + by];
    if (!next) return;
    const from = cursor ? [cursor] : [];
    mail.setSelected(new Set([...selected, ...from, next.uid]));
    mail.setCursor(next.uid);
  };
  return {
    select: () => {
      if (!cursor) return;
      const next = new Set(selected);
      if (!next.delete(cursor)) next.add(cursor);
      mail.setEverything(null);
      mail.setSelected(next);
    },
    'extend-down': extend(1),
    'extend-up': extend(-1),
    'select-all': choose(() => true),
    'select-everything': () => {
      mail.setSelected(new Set(rows.map((row) => row.uid)));
      void mail.selectEverything();
    },
    'select-none': choose(() => false),
    'select-read': choose((row) => row.isSeen),
    'select-unread': choose((row) => !row.isSeen),
    'select-starred': choose((row) => row.isFlagged),
    'select-unstarred': choose((row) => !row.isFlagged),
  };
}

function messageActs(
  mail: Mail,
  handlers: PageHandlers,
  say: (
    key: `bulk.${'archive' | 'delete' | 'junk' | 'inbox' | 'star' | 'read' | 'unread' | 'mark' | 'unmark'}`,
  ) => string,
): Acts {
  const { rows, folder, everything } = mail;
  const isJunk = folder?.role === 'junk';
  const whole = (action: object, label: string) => void mail.runOnEverything(action, label);
  const areAll = (ids: number[], field: 'isFlagged' | 'isSeen') => {
    const wanted = new Set(ids);
    return rows.filter((row) => wanted.has(row.uid)).every((row) => row[field]);
  };
  const flag = (flagName: string, isSet: boolean) => ({ kind: 'flag', flag: flagName, isSet });
  const archive = (ids: number[]) => {
    if (everything) return whole({ kind: 'move', role: 'archive' }, say('bulk.archive'));
    if (folder?.role !== 'archive') void mail.move(ids, { role: 'archive' });
  };
  const archiveAnd = (by: 1 | -1) => (ids: number[]) => {
    const index = rows.findIndex((row) => row.uid === ids[0]);
    const next = rows[index + by];
    archive(ids);
    if (next && mail.place.uid !== null) mail.open(next.uid);
  };
  return {
    archive,
    'archive-next': archiveAnd(1),
    'archive-previous': archiveAnd(-1),
    delete: (ids) => {
      if (everything) whole({ kind: 'delete' }, say('bulk.delete'));
      else void mail.remove(ids);
    },
    destroy: (ids) => handlers.destroy(ids),
    'mark-deleted': (ids) => {
      if (everything) whole({ kind: 'mark-deleted', isDeleted: true }, say('bulk.mark'));
      else void mail.markDeleted(ids, true);
    },
    undelete: (ids) => {
      if (everything) whole({ kind: 'mark-deleted', isDeleted: false }, say('bulk.unmark'));
      else if (folder?.role === 'deleted') void mail.restore(ids);
      else void mail.markDeleted(ids, false);
    },
    junk: (ids) => {
      const role = isJunk ? 'inbox' : 'junk';
      if (everything) whole({ kind: 'move', role }, say(`bulk.${role}`));
      else void mail.move(ids, { role });
    },
    move: (ids) => handlers.choose(ids, false),
    copy: (ids) => handlers.choose(ids, true),
    star: (ids) => {
      if (everything) whole(flag('flagged', true), say('bulk.star'));
      else void mail.setFlag(ids, 'flagged', !areAll(ids, 'isFlagged'));
    },
    read: (ids) => {
      if (everything) whole(flag('seen', true), say('bulk.read'));
      else void mail.setFlag(ids, 'seen', true);
    },
    unread: (ids) => {
      if (everything) whole(flag('seen', false), say('bulk.unread'));
      else void mail.markUnread(ids);
    },
    undo: mail.undoLast,
  };
}

function writeActs(mail: Mail, handlers: PageHandlers): Acts {
  const here = mail.place.folder;
  const answer = (mode: 'reply' | 'reply-all' | 'forward') => (ids: number[]) => {
    const id = mail.cursor ?? ids[0];
    if (!id) return false;
    if (mode === 'forward' && ids.length > 1) return attach(ids);
    handlers.compose({ mode, folder: folderOf(id, here), uid: uidOf(id) });
    return true;
  };
  const attach = (ids: number[]) => {
    const [first] = mail.resolve(ids);
    if (first) handlers.compose({ mode: 'forward-attachment', folder: first[0], uids: first[1] });
    return true;
  };
  return {
    compose: () => handlers.compose({ mode: 'new' }),
    reply: answer('reply'),
    'reply-all': answer('reply-all'),
    forward: answer('forward'),
    'forward-attachment': attach,
  };
}

/** The neighbour is opened where a message is open, else only marked. */
function step(mail: Mail, by: 1 | -1): boolean {
  const { rows, cursor } = mail;
  const index = rows.findIndex((row) => row.uid === cursor);
  const next = index < 0 ? rows[0] : rows[index + by];
  if (!next) return true;
  show(mail, next.uid);
  const beyond = rows[index + 2 * by];
  if (beyond && mail.place.uid !== null) mail.prefetch(beyond.uid);
  return true;
}

function show(mail: Mail, id: number): void {
  if (mail.place.uid !== null) mail.open(id);
  else mail.setCursor(id);
}

/** Esc takes back one thing at a time: the selection, the message, the search, the filter. */
function takeBack(mail: Mail): boolean {
  if (mail.everything) mail.setEverything(null);
  if (mail.selected.size > 0) mail.setSelected(new Set());
  else if (mail.place.uid !== null) mail.close();
  else if (mail.place.query) mail.go({ query: '', page: 1 });
  else if (mail.place.filter) mail.go({ filter: null, page: 1 });
  else return false;
  return true;
}
