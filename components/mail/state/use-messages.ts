// The messages the page has read, and the open one: shown from what is known, fetched once.
'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { keepRecent, messageKey } from './mail-cache.ts';
import type { Place } from './place.ts';
import { errorText, getJson } from './request.ts';
import { folderOf, uidOf } from './row-id.ts';

const keptMessages = 60;

export function useMessages(start: MessageView | null, place: Place, placeNow: () => Place) {
  const [messages, setMessages] = useState<ReadonlyMap<string, MessageView>>(
    () => new Map(start ? [[messageKey(start.folder, start.uid), start]] : []),
  );
  const [messageError, setMessageError] = useState<string | null>(null);
  const known = useRef(messages);
  known.current = messages;
  const asked = useRef(new Map<string, Promise<void>>());

  /** Fetches a message unless it is known or on its way. */
  const load = useCallback((folder: string, uid: number): Promise<void> => {
    const key = messageKey(folder, uid);
    if (known.current.has(key)) return Promise.resolve();
    const onItsWay = asked.current.get(key);
    if (onItsWay) return onItsWay;
    const answer = getJson<MessageView>('/api/mail/message', { folder, uid })
      .then((view) => setMessages((all) => keepRecent(all, key, view, keptMessages)))
      .finally(() => asked.current.delete(key));
    asked.current.set(key, answer);
    return answer;
  }, []);

  const { uid: id, folder: here } = place;
  const key = id ? messageKey(folderOf(id, here), uidOf(id)) : null;
  const message = key ? (messages.get(key) ?? null) : null;
  const hasMessage = message !== null;
  useEffect(() => {
    setMessageError(null);
    if (!id || hasMessage) return;
    let isCurrent = true;
    load(folderOf(id, here), uidOf(id)).catch((error: unknown) => {
      if (isCurrent) setMessageError(errorText(error));
    });
    return () => {
      isCurrent = false;
    };
  }, [id, here, hasMessage, load]);

  /** Fetches a message before it is opened. */
  const prefetch = useCallback(
    (wanted: number) => {
      load(folderOf(wanted, placeNow().folder), uidOf(wanted)).catch(() => {});
    },
    [load, placeNow],
  );

  return { messages, setMessages, message, messageError, prefetch };
}
