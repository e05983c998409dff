// One event stream a tab about the open folder. The browser reconnects by itself; a banner tells when it takes long.
'use client';
import { useEffect, useRef, useState } from 'react';
import type { MailEvent } from '#lib/webmail/live/watch.ts';

const patienceMs = 4000;

/** Calls `onEvent` for each event and after every reconnection; gives whether the connection is lost. */
export function useMailEvents(folder: string, onEvent: (event: MailEvent) => void): boolean {
  const [isLost, setIsLost] = useState(false);
  const handler = useRef(onEvent);
  handler.current = onEvent;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let wasLost = false;
    let source: EventSource | null = null;
    const noteLoss = () => {
      wasLost = true;
      timer ??= setTimeout(() => setIsLost(true), patienceMs);
    };
    const noteReturn = () => {
      if (timer) clearTimeout(timer);
      timer = null;
      setIsLost(false);
      if (wasLost) handler.current({ kind: 'back' });
      wasLost = false;
    };
    const open = () => {
      source = new EventSource(`/api/mail/events?folder=${encodeURIComponent(folder)}`);
      source.onopen = noteReturn;
      source.onerror = () => {
        noteLoss();
        // After an answer that is no stream (a restart behind a proxy, say) the browser gives up; we do not.
        if (source?.readyState === EventSource.CLOSED) retry = setTimeout(open, 5000);
      };
      source.onmessage = (message) => {
        const event = JSON.parse(message.data as string) as MailEvent;
        if (event.kind === 'lost') noteLoss();
        else if (event.kind === 'back') noteReturn();
        handler.current(event);
      };
    };
    let retry: ReturnType<typeof setTimeout> | null = null;
    // Stepping through folders opens no stream for each.
    const start = setTimeout(open, 250);
    return () => {
      clearTimeout(start);
      if (retry) clearTimeout(retry);
      if (timer) clearTimeout(timer);
      source?.close();
    };
  }, [folder]);
  return isLost;
}
