// The state of the mail page: place, folders, lists, open message, selection, and everything that can be done.
// Actions show at once and are taken back when the server refuses; the server's state is fetched afterwards.
'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import type { MessagePage, MessageRow } from '#lib/webmail/list/message-list.ts';
import type { MailEvent } from '#lib/webmail/live/watch.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { findGone, type ListView, rowAt } from './list-view.ts';
import { cutLists, messageKey, patchLists } from './mail-cache.ts';
import type { Place } from './place.ts';
import { usePreferences } from './preferences.tsx';
import { errorText, getJson, postJson } from './request.ts';
import { folderOf, groupByFolder, rowId, uidOf } from './row-id.ts';
import { tellPage, useMailEvents } from './use-events.ts';
import { useEverything } from './use-everything.ts';
import { useFiling } from './use-filing.ts';
import { hasMany, useFlags } from './use-flags.ts';
import { useFolderName } from './use-folder-name.ts';
import { useLists } from './use-lists.ts';
import { useMarkRead } from './use-mark-read.ts';
import { useMessages } from './use-messages.ts';
import { usePlace } from './use-place.ts';
import { useUndo } from './use-undo.ts';

export type MailStart = {
  /** With the UID of the open message */
  place: Place;
  /** Folder of the open message */
  inFolder: string;
  folders: Folder[];
  page: MessagePage;
  message: MessageView | null;
  /** Days for which deleted messages can be restored; 0 = not at all */
  keptDays: number;
};
export type Mail = ReturnType<typeof useMail>;

/** A row to scroll to, which may have to be fetched first */
export type Jump = { index: number; isScrolled: boolean };

const noRows: MessageRow[] = [];
export function useMail(start: MailStart, ownerAddress: string) {
  const toast = useToast();
  const { preferences } = usePreferences();
  const folderName = useFolderName();
  const habits = { sort: preferences['list.sort'] };
  const { place, placeNow, go, close, leave } = usePlace(() => placeOf(start), habits);
  const { folder: path, query, sort, page, uid, filter = null } = place;

  const [folders, setFolders] = useState(start.folders);
  const [selected, setSelection] = useState<ReadonlySet<number>>(new Set());
  const [cursor, setCursor] = useState<number | null>(null);
  const [jump, setJump] = useState<Jump | null>(null);
  const folder = folders.find((each) => each.path === path) ?? null;

  // Vanished rows leave the selection; those that are merely out of sight stay in it.
  const onFresh = useCallback((before: ListView | undefined, after: ListView) => {
    setSelection((all) => {
      const gone = findGone(before, after, all);
      return gone.size === 0 ? all : new Set([...all].filter((each) => !gone.has(each)));
    });
  }, []);
  const lists = useLists({
    start: start.page,
    place,
    placeNow,
    habits: {
      isPaged: preferences['list.paging'] === 'pages',
      pageSize: preferences['list.pageSize'],
      withPriority: preferences['list.columns'].includes('priority'),
      isThreaded: preferences['list.conversations'],
    },
    onFresh,
  });
  const { list, setLists, reload, beginAction, endAction, isActing } = lists;
  const rows = list?.rows ?? noRows;
  const rowsNow = useRef(rows);
  rowsNow.current = rows;

  const loadFolders = useCallback(async () => {
    try {
      const { folders: fresh } = await getJson<{ folders: Folder[] }>('/api/mail/folders');
      if (!isActing()) setFolders(fresh);
    } catch {
      // The next event or action asks again; the counts shown stay.
    }
  }, [isActing]);

  const refreshTimer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const refresh = useCallback(() => {
    refreshTimer.current ??= setTimeout(() => {
      refreshTimer.current = null;
      void reload();
      void loadFolders();
    }, 60);
  }, [reload, loadFolders]);

  const { message, messageError, messages, setMessages, prefetch } = useMessages(
    start.message,
    place,
    placeNow,
  );

  const { loss, retryNow } = useMailEvents(
    ownerAddress,
    path,
    (event: MailEvent) => {
      tellPage(event);
      if (event.kind === 'lost' || event.kind === 'announcements') return;
      const isHere = event.kind === 'changed' && event.folder === placeNow().folder;
      if (event.kind === 'back' || isHere) refresh();
      else void loadFolders();
    },
    // A refused stream says no reason; a refused request does, and tells the page (request.ts).
    () => void loadFolders(),
  );

  const patchRows = useCallback(
    (ids: readonly number[], patch: Partial<MessageRow>, isAlone = false) => {
      const wanted = new Set(ids);
      const here = placeNow().folder;
      // The row of a conversation says what is so of all its messages: of one the server tells.
      const patchRow = (row: MessageRow) => (isAlone && hasMany(row) ? row : { ...row, ...patch });
      setLists((all) => patchLists(all, wanted, here, patchRow));
      setMessages((all) => {
        const next = new Map(all);
        for (const id of ids) {
          const key = messageKey(folderOf(id, here), uidOf(id));
          const known = next.get(key);
          if (known) next.set(key, { ...known, ...patch } as MessageView);
        }
        return next;
      });
    },
    [placeNow, setLists, setMessages],
  );

  const changeUnread = useCallback((folderPath: string, by: number) => {
    if (by === 0) return;
    setFolders((all) =>
      all.map((each) =>
        each.path === folderPath ? { ...each, unread: Math.max(0, each.unread + by) } : each,
      ),
    );
  }, []);

  /** Runs a change that is shown already; what it throws is told, and the server's state comes back. */
  const running = useRef<Promise<unknown>>(Promise.resolve());
  const run = useCallback(
    <T>(change: () => Promise<T>): Promise<T | null> => {
      beginAction();
      const work = change()
        .catch((error: unknown) => {
          toast.show({ kind: 'error', text: errorText(error) });
          return null;
        })
        .finally(() => {
          endAction();
          refresh();
        });
      running.current = work;
      return work;
    },
    [toast, refresh, beginAction, endAction],
  );
  const settled = useCallback(async () => {
    await running.current;
    // Whoever ran it has the answer now, and remembers.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }, []);

  const { remember, undoLast } = useUndo(ownerAddress, run, settled);

  /** The row that an open message is in: its own, or that of its conversation. */
  const rowIdOf = useCallback((id: number): number => {
    const shown = rowsNow.current;
    if (shown.some((row) => row.uid === id)) return id;
    return shown.find((row) => row.uids?.includes(id))?.uid ?? id;
  }, []);

  /** Ids as folders with UIDs; the row of a conversation means all its messages. */
  const resolve = useCallback(
    (ids: readonly number[]): Map<string, number[]> => {
      const at = placeNow();
      const known = new Map(rowsNow.current.map((row) => [row.uid, row]));
      const all = ids.flatMap((id) => {
        // The open message of a list over several folders, named by its own UID.
        const isOpen = at.uid !== null && uidOf(at.uid) === id && !known.has(id);
        const meant = isOpen ? (at.uid as number) : id;
        const inRow = known.get(meant)?.uids;
        return inRow
          ? inRow.map((each) => rowId(folderOf(meant, at.folder), each, at.folder))
          : [meant];
      });
      return groupByFolder(new Set(all), at.folder);
    },
    [placeNow],
  );

  const setFlag = useFlags({ rowsNow, placeNow, changeUnread, patchRows, resolve, run, remember });

  const afterDelete = preferences['reading.afterDelete'];
  const takeAway = useCallback(
    (ids: readonly number[]) => {
      const gone = new Set(ids);
      const at = placeNow();
      const shown = rowsNow.current;
      changeUnread(at.folder, -shown.filter((row) => gone.has(row.uid) && !row.isSeen).length);
      const last = shown.findLastIndex((row) => gone.has(row.uid));
      const next = shown.slice(last + 1).find((row) => !gone.has(row.uid));
      const before = shown.slice(0, Math.max(last, 0)).findLast((row) => !gone.has(row.uid));
      setLists((all) => cutLists(all, gone, at.folder));
      setSelection((all) => new Set([...all].filter((each) => !gone.has(each))));
      const neighbour = (afterDelete === 'previous' ? (before ?? next) : (next ?? before)) ?? null;
      if (at.uid && [at.uid, uidOf(at.uid), rowIdOf(at.uid)].some((id) => gone.has(id))) {
        const isWide = matchMedia('(min-width: 48rem)').matches;
        const isShown = isWide && afterDelete !== 'list';
        go({ uid: isShown ? (neighbour?.uid ?? null) : null }, true);
      }
      setCursor((now) => (now && gone.has(now) ? (neighbour?.uid ?? null) : now));
    },
    [changeUnread, go, placeNow, setLists, afterDelete, rowIdOf],
  );
  const showMarked = useCallback(
    (ids: readonly number[], isDeleted: boolean) => patchRows(ids, { isDeleted }),
    [patchRows],
  );
  const roleHere = useCallback(
    () => folders.find((each) => each.path === placeNow().folder)?.role,
    [folders, placeNow],
  );

  /** The id of a message as rows have it: for messages of other folders than the open one. */
  const idOf = useCallback(
    (where: string, wanted: number) => rowId(where, wanted, placeNow().folder),
    [placeNow],
  );
  const filing = useFiling({
    folders,
    nameOf: folderName,
    keptDays: start.keptDays,
    isMarking: preferences['list.delete'] === 'mark',
    resolve,
    takeAway,
    showMarked,
    run,
    remember,
    roleHere,
    rowIdOf,
    idOf,
  });
  const bulk = useEverything({ placeNow, remember, refresh });
  const { setEverything } = bulk;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list has another selection
  useEffect(() => {
    setSelection(new Set());
    setEverything(null);
    setCursor(null);
    setJump(null);
  }, [path, query, filter, sort, page]);

  /** An action on a whole folder, for example empty. */
  const actOnFolder = useCallback(
    async (kind: string, folderPath: string, extra: object = {}): Promise<string | undefined> => {
      beginAction();
      try {
        await postJson('/api/mail/actions', { kind, folder: folderPath, ...extra });
        return undefined;
      } catch (error) {
        return errorText(error);
      } finally {
        endAction();
        refresh();
      }
    },
    [refresh, beginAction, endAction],
  );

  const { markUnread } = useMarkRead(uid, message, placeNow, setFlag);

  const open = useCallback(
    (wanted: number) => {
      setCursor(wanted);
      // Stepping from message to message is one step back to the list.
      go({ uid: wanted }, placeNow().uid !== null);
    },
    [go, placeNow],
  );

  /** Scrolls to a place of the list, from 0, and marks the row there; also where the mark stands there already. */
  const jumpTo = useCallback(
    (index: number) => {
      setJump(index < 0 ? null : { index, isScrolled: false });
      // At once: the next key may follow before anything is drawn, and must not mean the row marked before.
      if (index >= 0) setCursor((list && rowAt(list, index)?.uid) ?? null);
    },
    [list],
  );

  const nameOf = useCallback(
    (where: Folder | null) => (where ? folderName(where) : placeNow().folder),
    [folderName, placeNow],
  );

  return {
    place,
    placeNow,
    go,
    leave,
    habits,
    folders,
    folder,
    nameOf,
    list,
    rows,
    isPaged: lists.isPaged,
    showRows: lists.show,
    listError: lists.error,
    message,
    messageError,
    messages,
    selected,
    setSelected: setSelection as (next: ReadonlySet<number>) => void,
    cursor: uid ? rowIdOf(uid) : cursor,
    rowIdOf,
    setCursor,
    jump,
    setJump,
    jumpTo,
    loss,
    retryNow,
    refresh,
    loadFolders,
    setFlag,
    markUnread,
    patchRows,
    takeAway,
    resolve,
    idOf,
    run,
    remember,
    ...filing,
    ...bulk,
    keptDays: start.keptDays,
    undoLast,
    actOnFolder,
    prefetch,
    open,
    close,
  };
}

function placeOf({ place, inFolder }: MailStart): Place {
  return place.uid ? { ...place, uid: rowId(inFolder, place.uid, place.folder) } : place;
}
