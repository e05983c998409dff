// IDLE (RFC 2177): news as soon as the journal has them, and a sign of life every two minutes, so that
// routers between keep the connection and a client that is gone is noticed. With NOTIFY it tells what that asks for
// (RFC 5465 §4).
import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal } from '#lib/errors.ts';
import { tellNews, waitForNews } from '../news.ts';
import type { Session } from '../session.ts';
import { bad, continuation, ok, untaggedState } from '../wire/encode.ts';
import { defineCommand, flush, parseNothing, signedIn } from './command.ts';

const signOfLifeMs = 120_000;
const doneLimitBytes = 1024;
const retryMs = 1000;

export const idle = defineCommand({
  name: 'IDLE',
  states: signedIn,
  parse: parseNothing,
  async *run(session, _args, context) {
    yield continuation('idling');
    yield flush;
    let isDone = false;
    const abort = new AbortController();
    const done = context.readLine(doneLimitBytes).finally(() => {
      isDone = true;
      abort.abort();
    });
    // A throw between two looks must not leave the promise unheard.
    done.catch(() => {});
    for (let isForced = true; !isDone; ) {
      try {
        yield* tellNews(session, { mayExpunge: true, isForced });
        yield flush;
        isForced = false;
        const hasNews = await waitOrTimeout(session, abort.signal);
        if (isDone) break;
        if (session.isOver) {
          yield untaggedState('BYE', 'The account has changed, sign in again');
          return { ...bad('Session ended'), next: 'close' };
        }
        if (!hasNews) yield untaggedState('OK', 'Still here');
      } catch (error) {
        if (!isRefusal(error, 'unavailable')) throw error;
        // The storage is away for a moment: what was missed stands in the journal.
        isForced = true;
        await sleep(retryMs, undefined, { signal: abort.signal }).catch(() => {});
      }
    }
    const line = await done;
    // What stands behind DONE in the same packet are the next commands (iOS Mail); they wait in the reader.
    if (line?.trim().toUpperCase() === 'DONE') return ok('Idle completed');
    return bad('Expected DONE');
  },
});

/** True for news, false for the time of a sign of life; also when `signal` aborts or the login ends. */
async function waitOrTimeout(session: Session, signal: AbortSignal): Promise<boolean> {
  const both = new AbortController();
  const stop = () => both.abort();
  signal.addEventListener('abort', stop, { once: true });
  let hasTimedOut = false;
  const timer = setTimeout(() => {
    hasTimedOut = true;
    stop();
  }, signOfLifeMs);
  session.onOverInIdle = stop;
  try {
    if (signal.aborted || session.isOver) return false;
    await waitForNews(session, both.signal);
    return !hasTimedOut;
  } finally {
    clearTimeout(timer);
    session.onOverInIdle = null;
    signal.removeEventListener('abort', stop);
  }
}
