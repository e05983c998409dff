// The state of the mail page: place, folders, rows, open message, selection, and everything that can be done.
// Actions show at once and are taken back when the server refuses; the server's state is fetched afterwards.
'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { formatPlural } from '#components/ui/format.ts';
import { useToast } from '#components/ui/toast.tsx';
import type { FlagName } from '#lib/webmail/actions.ts';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import type { MessagePage, MessageRow } from '#lib/webmail/list/message-list.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { keepRecent, listKey, mapLists, messageKey, withoutRows } from './mail-cache.ts';
import type { Place } from './place.ts';
import { errorText, getJson, isAborted, postJson } from './request.ts';
import { useMailEvents } from './use-events.ts';
import { type Undo, useFiling } from './use-filing.ts';
import { usePlace } from './use-place.ts';

export type MailStart = {
  place: Place;
  folders: Folder[];
  page: MessagePage;
  message: MessageView | null;
  /** Days for which deleted messages can be restored; 0 = not at all */
  keptDays: number;
};
export type Mail = ReturnType<typeof useMail>;

const undoDepth = 20;
const keptPages = 12;
const keptMessages = 60;

export function useMail(start: MailStart) {
  const toast = useToast();
  const { place, placeNow, go, close } = usePlace(start.place);
  const { folder: path, query, sort, page, uid } = place;

  const [folders, setFolders] = useState(start.folders);
  const [lists, setLists] = useState(() => new Map([[listKey(place), start.page]]));
  const [messages, setMessages] = useState(
    () => new Map(start.message ? [[messageKey(path, start.message.uid), start.message]] : []),
  );
  const [listError, setListError] = useState<string | null>(null);
  const [messageError, setMessageError] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [cursor, setCursor] = useState<number | null>(null);
  const undos = useRef<Undo[]>([]);
  // Answers asked for before an action ended would bring back what it took away.
  const actionCount = useRef(0);
  const openActions = useRef(0);

  const folder = folders.find((each) => each.path === path) ?? null;
  const list = lists.get(listKey(place)) ?? null;
  const message = uid ? (messages.get(messageKey(path, uid)) ?? null) : null;
  const rows = list?.rows ?? [];

  const loadList = useCallback(
    async (at: Place, signal?: AbortSignal) => {
      const key = listKey(at);
      const before = actionCount.current;
      const parameters = { folder: at.folder, page: at.page, sort: at.sort, q: at.query };
      try {
        const result = await getJson<MessagePage>('/api/mail/list', parameters, signal);
        // An action began or ended meanwhile: its own refresh follows.
        if (before !== actionCount.current || openActions.current > 0) return;
        setLists((all) => keepRecent(all, key, result, keptPages));
        const present = new Set(result.rows.map((row) => row.uid));
        if (key === listKey(placeNow())) {
          setListError(null);
          setSelected((all) => new Set([...all].filter((each) => present.has(each))));
        }
      } catch (error) {
        if (!isAborted(error) && key === listKey(placeNow())) setListError(errorText(error));
      }
    },
    [placeNow],
  );

  const loadFolders = useCallback(async () => {
    try {
      const { folders: fresh } = await getJson<{ folders: Folder[] }>('/api/mail/folders');
      if (openActions.current === 0) setFolders(fresh);
    } catch {
      // The next event or action asks again; the counts shown stay.
    }
  }, []);

  const refreshTimer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const refresh = useCallback(() => {
    refreshTimer.current ??= setTimeout(() => {
      refreshTimer.current = null;
      void loadList(placeNow());
      void loadFolders();
    }, 60);
  }, [loadList, loadFolders, placeNow]);

  const loadMessage = useCallback(async (folderPath: string, wanted: number) => {
    const parameters = { folder: folderPath, uid: wanted };
    const view = await getJson<MessageView>('/api/mail/message', parameters);
    const key = messageKey(folderPath, wanted);
    setMessages((all) => keepRecent(all, key, view, keptMessages));
    return view;
  }, []);

  const isLost = useMailEvents(path, (event) => {
    if (event.kind === 'lost') return;
    if (event.kind === 'back' || (event.kind === 'changed' && event.folder === placeNow().folder))
      refresh();
    else void loadFolders();
  });

  // A new list is fetched even where an old one can be shown meanwhile.
  const isFirst = useRef(true);
  useEffect(() => {
    const at: Place = { folder: path, query, sort, page, uid: null };
    setListError(null);
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    const abort = new AbortController();
    void loadList(at, abort.signal);
    return () => abort.abort();
  }, [path, query, sort, page, loadList]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list has another selection
  useEffect(() => {
    setSelected(new Set());
    setCursor(null);
  }, [path, query, sort, page]);

  const patchRows = useCallback(
    (uids: readonly number[], patch: Partial<MessageRow>) => {
      const wanted = new Set(uids);
      const here = placeNow().folder;
      setLists((all) =>
        mapLists(all, here, (row) => (wanted.has(row.uid) ? { ...row, ...patch } : row)),
      );
      setMessages((all) => {
        const next = new Map(all);
        for (const each of uids) {
          const known = next.get(messageKey(here, each));
          if (known) next.set(messageKey(here, each), { ...known, ...patch } as MessageView);
        }
        return next;
      });
    },
    [placeNow],
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
  const run = useCallback(
    async <T>(change: () => Promise<T>): Promise<T | null> => {
      actionCount.current++;
      openActions.current++;
      try {
        return await change();
      } catch (error) {
        toast.show({ kind: 'error', text: errorText(error) });
        return null;
      } finally {
        openActions.current--;
        actionCount.current++;
        refresh();
      }
    },
    [toast, refresh],
  );

  const remember = useCallback(
    (undo: Undo) => {
      undos.current = [...undos.current, undo].slice(-undoDepth);
      const undoThis = () => {
        undos.current = undos.current.filter((each) => each !== undo);
        void run(undo.run);
      };
      toast.show({ text: undo.label, action: { label: 'Undo', onClick: undoThis } });
    },
    [toast, run],
  );

  const undoLast = useCallback(() => {
    const last = undos.current.pop();
    if (!last) return toast.show({ kind: 'info', text: 'Nothing to undo.' });
    toast.show({ kind: 'info', text: 'Undone.' });
    return void run(last.run);
  }, [toast, run]);

  const setFlag = useCallback(
    async (uids: readonly number[], flag: FlagName, isSet: boolean, isQuiet = false) => {
      if (uids.length === 0) return;
      const here = placeNow().folder;
      const all = [...uids];
      const known = lists.get(listKey(placeNow()))?.rows ?? [];
      if (flag === 'seen') {
        const changed = known.filter((row) => all.includes(row.uid) && row.isSeen !== isSet).length;
        changeUnread(here, isSet ? -changed : changed);
        patchRows(all, { isSeen: isSet });
      } else if (flag === 'flagged') patchRows(all, { isFlagged: isSet });
      const send = (value: boolean) =>
        postJson('/api/mail/actions', {
          kind: 'flag',
          folder: here,
          uids: all,
          flag,
          isSet: value,
        });
      const done = await run(() => send(isSet));
      if (done && !isQuiet && all.length > 1) {
        const what =
          flag === 'seen' ? (isSet ? 'read' : 'unread') : isSet ? 'starred' : 'without star';
        const undo = async () => void (await send(!isSet));
        remember({ label: `${formatPlural(all.length, 'message')} marked ${what}.`, run: undo });
      }
    },
    [lists, patchRows, changeUnread, run, remember, placeNow],
  );

  const takeAway = useCallback(
    (uids: readonly number[]) => {
      const gone = new Set(uids);
      const at = placeNow();
      const shown = lists.get(listKey(at))?.rows ?? [];
      changeUnread(at.folder, -shown.filter((row) => gone.has(row.uid) && !row.isSeen).length);
      const last = shown.findLastIndex((row) => gone.has(row.uid));
      const next = shown.slice(last + 1).find((row) => !gone.has(row.uid));
      const before = shown.slice(0, Math.max(last, 0)).findLast((row) => !gone.has(row.uid));
      setLists((all) => withoutRows(all, at.folder, gone));
      setSelected((all) => new Set([...all].filter((each) => !gone.has(each))));
      const neighbour = next ?? before ?? null;
      if (at.uid && gone.has(at.uid)) {
        const isWide = matchMedia('(min-width: 48rem)').matches;
        go({ uid: isWide ? (neighbour?.uid ?? null) : null }, true);
      }
      setCursor((now) => (now && gone.has(now) ? (neighbour?.uid ?? null) : now));
    },
    [lists, changeUnread, go, placeNow],
  );

  const { move, restore, remove } = useFiling({
    folders,
    placeNow,
    keptDays: start.keptDays,
    takeAway,
    run,
    remember,
  });

  /** An action on a whole folder, for example empty. */
  const actOnFolder = useCallback(
    async (kind: string, folderPath: string, extra: object = {}): Promise<string | undefined> => {
      actionCount.current++;
      try {
        await postJson('/api/mail/actions', { kind, folder: folderPath, ...extra });
        return undefined;
      } catch (error) {
        return errorText(error);
      } finally {
        refresh();
      }
    },
    [refresh],
  );

  // The open message: shown from what is known, fetched once, marked as read.
  const hasMessage = message !== null;
  useEffect(() => {
    setMessageError(null);
    if (!uid || hasMessage) return;
    let isCurrent = true;
    loadMessage(path, uid).catch((error: unknown) => {
      if (isCurrent) setMessageError(errorText(error));
    });
    return () => {
      isCurrent = false;
    };
  }, [path, uid, hasMessage, loadMessage]);
  const isUnreadOpen = message !== null && !message.isSeen;
  const keptUnread = useRef<string | null>(null);
  useEffect(() => {
    if (!uid) keptUnread.current = null;
    if (!uid || !isUnreadOpen || keptUnread.current === messageKey(path, uid)) return;
    void setFlag([uid], 'seen', true, true);
  }, [path, uid, isUnreadOpen, setFlag]);

  /** Marks as unread without the open message being read again at once. */
  const markUnread = useCallback(
    (uids: readonly number[]) => {
      const at = placeNow();
      if (at.uid && uids.includes(at.uid)) keptUnread.current = messageKey(at.folder, at.uid);
      return setFlag(uids, 'seen', false);
    },
    [setFlag, placeNow],
  );

  /** Fetches a message before it is opened. */
  const prefetch = useCallback(
    (wanted: number) => {
      const here = placeNow().folder;
      if (!messages.has(messageKey(here, wanted))) loadMessage(here, wanted).catch(() => {});
    },
    [messages, loadMessage, placeNow],
  );

  const open = useCallback(
    (wanted: number) => {
      setCursor(wanted);
      // Stepping from message to message is one step back to the list.
      go({ uid: wanted }, placeNow().uid !== null);
    },
    [go, placeNow],
  );

  return {
    place,
    go,
    folders,
    folder,
    list,
    rows,
    listError,
    message,
    messageError,
    selected,
    setSelected,
    cursor: uid ?? cursor,
    setCursor,
    isLost,
    refresh,
    setFlag,
    markUnread,
    move,
    restore,
    remove,
    keptDays: start.keptDays,
    undoLast,
    actOnFolder,
    prefetch,
    open,
    close,
  };
}
