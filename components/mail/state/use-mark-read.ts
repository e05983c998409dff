// Marking the open message as read: at once, after some seconds or never, and not again what was just marked unread.
'use client';
import { useCallback, useEffect, useRef } from 'react';
import type { FlagName } from '#lib/webmail/actions.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import type { Place } from './place.ts';
import { usePreferences } from './preferences.tsx';
import { uidOf } from './row-id.ts';

type SetFlag = (
  ids: readonly number[],
  flag: FlagName,
  isSet: boolean,
  how?: { isQuiet?: boolean },
) => Promise<void>;

/** Gives `markUnread`: the open message stays unread then. */
export function useMarkRead(
  uid: number | null,
  message: MessageView | null,
  placeNow: () => Place,
  setFlag: SetFlag,
): { markUnread: (ids: readonly number[]) => Promise<void> } {
  const { preferences } = usePreferences();
  const when = preferences['reading.markRead'];
  const afterMs = when === 'now' ? 0 : preferences['reading.markReadSeconds'] * 1000;
  const isUnreadOpen = message !== null && !message.isSeen;
  const keptUnread = useRef<number | null>(null);
  useEffect(() => {
    if (!uid) keptUnread.current = null;
    if (!uid || !isUnreadOpen || when === 'never' || keptUnread.current === uid) return;
    const mark = () => void setFlag([uid], 'seen', true, { isQuiet: true });
    if (afterMs === 0) {
      mark();
      return;
    }
    const timer = setTimeout(mark, afterMs);
    return () => clearTimeout(timer);
  }, [uid, isUnreadOpen, setFlag, when, afterMs]);

  const markUnread = useCallback(
    (ids: readonly number[]) => {
      const open = placeNow().uid;
      if (open && (ids.includes(open) || ids.includes(uidOf(open)))) keptUnread.current = open;
      return setFlag(ids, 'seen', false);
    },
    [setFlag, placeNow],
  );
  return { markUnread };
}
