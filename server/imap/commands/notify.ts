// NOTIFY (RFC 5465): which changes the client wants to hear of, in the selected mailbox and in others, whether
// or not a command is in progress. The registration holds until the next one.

import { silence, startNotify, tellNews } from '../news.ts';
import type { Notify } from '../notify/notify.ts';
import { listEventNames, type NotifyRequest, parseNotify } from '../notify/request.ts';
import { TooMuchToWatch } from '../notify/watch.ts';
import type { Session } from '../session.ts';
import { type Ending, no, ok } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

export const notify = defineCommand<NotifyRequest | null>({
  name: 'NOTIFY',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    return parseNotify(cursor);
  },
  async *run(session, request) {
    if (request === null) {
      session.setNotify(silence);
      return ok('Notify completed');
    }
    // RFC 5465 §3.1: NO, not BAD, with the events that there are.
    if (request.hasUnknownEvent) {
      return no('There is no such event', `BADEVENT (${listEventNames()})`);
    }
    const started = request.isTooMuch ? refuseTooMuch() : await start(session, request);
    if ('status' in started) return started;
    try {
      // RFC 5465 §3.1: like a NOOP before it; what was held back until now is told too.
      yield* tellNews(session, { mayExpunge: true, isForced: true, isWhole: true });
      if (started.watch) yield started.watch.tellStart(request.tellsStatus);
      session.setNotify(started);
    } finally {
      // Nobody else would stop what has not become the session's.
      if (session.notify !== started) started.watch?.stop();
    }
    return ok('Notify completed');
  },
});

async function start(session: Session, request: NotifyRequest): Promise<Notify | Ending> {
  try {
    return await startNotify(session, request);
  } catch (error) {
    if (error instanceof TooMuchToWatch) return refuseTooMuch();
    throw error;
  }
}

function refuseTooMuch(): Ending {
  return no('That is more than this server watches', 'NOTIFICATIONOVERFLOW');
}
