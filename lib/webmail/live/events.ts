// Server-sent events for the mail pages. Every open stream is registered, so that the process can end them when
// it is told to stop: an open stream would keep the web server alive without end.
import { watchLogin } from '../../accounts/login-watch.ts';
import { Refusal } from '../../errors.ts';
import type { MailAccount } from '../imap/pool.ts';
import { watchBanners } from './banners.ts';
import { watchMail } from './watch.ts';

const pingMs = 25_000;
/** Open tabs of one account; nobody has more by intent. */
const maxStreams = 40;

/** How to close each open stream, and whose it is. */
type Streams = Map<() => void, string>;
const shared = globalThis as { dreyEventStreams?: Streams; dreyStreamsEndOnStop?: boolean };

function streams(): Streams {
  shared.dreyEventStreams ??= new Map();
  if (!shared.dreyStreamsEndOnStop) {
    shared.dreyStreamsEndOnStop = true;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, closeEventStreams);
  }
  return shared.dreyEventStreams;
}

/** Ends every open stream; browsers reconnect by themselves when the server is back. */
export function closeEventStreams(): void {
  for (const close of [...(shared.dreyEventStreams?.keys() ?? [])]) close();
}

/**
 * Bytes of an event stream about `folders`, the inbox, the counts and announcements, until `signal` aborts or the session
 * `sessionId` ends.
 * Refusal 'limit' where the account has too many open.
 */
export function openEventStream(
  account: MailAccount & { sessionId: string },
  folders: readonly string[],
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const open = [...streams().values()].filter((accountId) => accountId === account.id);
  if (open.length >= maxStreams) throw new Refusal('limit', 'Too many pages are open.');
  const encoder = new TextEncoder();
  let close = () => {};
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => {
        // A reader that does not read must not fill our memory; it starts afresh when it comes back.
        if ((controller.desiredSize ?? 0) < -1000) {
          close();
          return;
        }
        try {
          controller.enqueue(encoder.encode(text));
        } catch {
          // The reader went away in this moment. Events come from sockets: a throw here would end the process.
          close();
        }
      };
      const stopWatching = watchMail(account, folders, (event) => send(formatEvent(event)));
      const leaveBanners = watchBanners(account, (banners) =>
        send(formatEvent({ kind: 'announcements', banners })),
      );
      const { id: accountId, epoch, sessionId } = account;
      const unwatch = watchLogin({ accountId, epoch, sessionId, end: () => close() });
      const ping = setInterval(() => send(': still here\n\n'), pingMs);
      ping.unref();
      let isClosed = false;
      close = () => {
        if (isClosed) return;
        isClosed = true;
        clearInterval(ping);
        unwatch();
        stopWatching();
        leaveBanners();
        streams().delete(close);
        try {
          controller.close();
        } catch {
          // The reader was faster.
        }
      };
      streams().set(close, account.id);
      signal.addEventListener('abort', close, { once: true });
      send('retry: 2000\n\n');
      if (signal.aborted) close();
    },
    cancel() {
      close();
    },
  });
}

/** One event in the text/event-stream format; JSON holds no raw line break. */
export function formatEvent(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
