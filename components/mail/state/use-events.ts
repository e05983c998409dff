// One event stream for all tabs of a browser: the tab that holds the lock reads it and passes everything on; the others
// say which folder they look at. Where locks or channels are missing (plain http from another host) each tab has a
// stream of its own. A lost stream is opened again after growing pauses, of which the page shows the rest.
'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { MailEvent } from '#lib/webmail/live/watch.ts';

/** Before that a loss is not told: a restart behind a proxy takes a moment. */
const patienceMs = 4000;
const pausesMs = [500, 1000, 2000, 4000, 8000, 15_000, 30_000];
/** Stepping through folders opens no stream for each. */
const settleMs = 250;
const mostFolders = 6;

/** The connection is lost; `retryAt` (ms of Date.now) says when it is tried next, null where the server does that. */
export type Loss = { retryAt: number | null };

type Message =
  | { kind: 'event'; event: MailEvent }
  | { kind: 'state'; loss: Loss | null }
  | { kind: 'looks-at'; tab: string; folder: string | null }
  | { kind: 'who' }
  | { kind: 'retry' };

const pageEvent = 'drey:mail-event';

/** Passes an event on to whatever else on the page listens. */
export function tellPage(event: MailEvent): void {
  window.dispatchEvent(new CustomEvent(pageEvent, { detail: event }));
}

/** Calls `listener` with what the page was told; returns the end of it. */
export function hearPage(listener: (event: MailEvent) => void): () => void {
  const hear = (event: Event) => listener((event as CustomEvent<MailEvent>).detail);
  window.addEventListener(pageEvent, hear);
  return () => window.removeEventListener(pageEvent, hear);
}

/**
 * Calls `onEvent` for each event and after every reconnection. `owner` keeps the tabs of two people apart; `onRefused`
 * is called where a stream cannot be opened: the session may have ended.
 */
export function useMailEvents(
  owner: string,
  folder: string,
  onEvent: (event: MailEvent) => void,
  onRefused: () => void,
): { loss: Loss | null; retryNow: () => void } {
  const [loss, setLoss] = useState<Loss | null>(null);
  const handlers = useRef({ onEvent, onRefused });
  handlers.current = { onEvent, onRefused };
  const stream = useRef<ReturnType<typeof shareStream> | null>(null);
  useEffect(() => {
    const shared = shareStream(owner, {
      onEvent: (event) => handlers.current.onEvent(event),
      onRefused: () => handlers.current.onRefused(),
      onLoss: setLoss,
    });
    stream.current = shared;
    return () => {
      stream.current = null;
      shared.end();
    };
  }, [owner]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another owner's stream is told the folder too
  useEffect(() => stream.current?.lookAt(folder), [folder, owner]);
  const retryNow = useCallback(() => stream.current?.retry(), []);
  return { loss, retryNow };
}

type Handlers = {
  onEvent: (event: MailEvent) => void;
  onRefused: () => void;
  onLoss: (loss: Loss | null) => void;
};

function shareStream(owner: string, handlers: Handlers) {
  const tab = crypto.getRandomValues(new Uint32Array(2)).join('-');
  const mayShare = 'locks' in navigator && typeof BroadcastChannel === 'function';
  const channel = mayShare ? new BroadcastChannel(`drey-mail ${owner}`) : null;
  const looks = new Map<string, string>();
  let folder = 'INBOX';
  let reader: ReturnType<typeof readStream> | null = null;
  const say = (message: Message) => channel?.postMessage(message);

  const lead = () => {
    reader = readStream({
      onEvent: (event) => {
        say({ kind: 'event', event });
        handlers.onEvent(event);
      },
      onLoss: (loss) => {
        say({ kind: 'state', loss });
        handlers.onLoss(loss);
      },
      onRefused: handlers.onRefused,
    });
    looks.set(tab, folder);
    reader.watch(looks.values());
    say({ kind: 'who' });
  };

  if (channel) {
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === 'looks-at') {
        if (data.folder === null) looks.delete(data.tab);
        else looks.set(data.tab, data.folder);
        reader?.watch(looks.values());
      } else if (data.kind === 'retry') reader?.retry();
      else if (reader) return;
      else if (data.kind === 'event') handlers.onEvent(data.event);
      else if (data.kind === 'state') handlers.onLoss(data.loss);
      else say({ kind: 'looks-at', tab, folder });
    };
  }
  const over = new AbortController();
  let release = () => {};
  if (channel) {
    void navigator.locks
      .request(`drey-mail ${owner}`, { signal: over.signal }, () => {
        lead();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      })
      .catch(() => {});
  } else lead();
  const leave = () => say({ kind: 'looks-at', tab, folder: null });
  window.addEventListener('pagehide', leave);

  return {
    lookAt(next: string) {
      folder = next;
      looks.set(tab, next);
      if (reader) reader.watch(looks.values());
      else say({ kind: 'looks-at', tab, folder });
    },
    retry() {
      if (reader) reader.retry();
      else say({ kind: 'retry' });
    },
    end() {
      window.removeEventListener('pagehide', leave);
      leave();
      over.abort();
      reader?.end();
      release();
      channel?.close();
    },
  };
}

function readStream({ onEvent, onLoss, onRefused }: Handlers) {
  let source: EventSource | null = null;
  let folders: string[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let patience: ReturnType<typeof setTimeout> | null = null;
  let tries = 0;
  let loss: Loss | null = null;
  let isTold = false;

  const tell = () => {
    if (isTold) onLoss(loss);
  };
  const lose = (retryAt: number | null) => {
    loss = { retryAt };
    patience ??= setTimeout(() => {
      isTold = true;
      tell();
    }, patienceMs);
    tell();
  };
  const comeBack = () => {
    tries = 0;
    if (patience) clearTimeout(patience);
    patience = null;
    if (!loss) return;
    loss = null;
    tell();
    isTold = false;
    onEvent({ kind: 'back' });
  };
  const open = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    source?.close();
    const query = folders.map((each) => `folder=${encodeURIComponent(each)}`).join('&');
    source = new EventSource(`/api/mail/events?${query}`);
    source.onopen = comeBack;
    source.onerror = () => {
      source?.close();
      const pauseMs = pausesMs[Math.min(tries, pausesMs.length - 1)]!;
      // The stream does not say why it was refused; a request does.
      if (tries > 0) onRefused();
      tries++;
      lose(Date.now() + pauseMs);
      timer = setTimeout(open, pauseMs);
    };
    source.onmessage = (message) => {
      const event = JSON.parse(message.data as string) as MailEvent;
      if (event.kind === 'lost') lose(null);
      else if (event.kind === 'back') comeBack();
      onEvent(event);
    };
  };
  const retry = () => {
    tries = 0;
    open();
  };
  const online = () => {
    if (loss?.retryAt) retry();
  };
  window.addEventListener('online', online);

  return {
    watch(wanted: Iterable<string>) {
      const next = [...new Set(wanted)].slice(-mostFolders).sort();
      if (next.join('\n') === folders.join('\n')) return;
      folders = next;
      if (timer) clearTimeout(timer);
      timer = setTimeout(open, settleMs);
    },
    retry,
    end() {
      window.removeEventListener('online', online);
      if (timer) clearTimeout(timer);
      if (patience) clearTimeout(patience);
      source?.close();
    },
  };
}
