// The event stream of a browser's mail pages: what changed in the open folders, the inbox and the counts.

import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { openEventStream } from '#lib/webmail/live/events.ts';
import { currentActing, readClaims } from '../../../session.ts';
import { readRoute } from '../answer.ts';

/** Of all tabs together; the others hear of theirs with the counts. */
const mostFolders = 6;

export const dynamic = 'force-dynamic';

export const GET = readRoute(async (account, request) => {
  const wanted = new URL(request.url).searchParams.getAll('folder').slice(0, mostFolders);
  const folders = (wanted.length > 0 ? wanted : ['INBOX']).map(checkFolderPath);
  const sessionId = ((await currentActing()) ?? (await readClaims()))?.sessionId ?? '';
  return new Response(openEventStream({ ...account, sessionId }, folders, request.signal), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  });
});
