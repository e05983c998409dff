// The event stream of a mail page: what changed in the open folder, the inbox and the counts.

import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { openEventStream } from '#lib/webmail/live/events.ts';
import { readClaims } from '../../../session.ts';
import { readRoute } from '../answer.ts';

export const dynamic = 'force-dynamic';

export const GET = readRoute(async (account, request) => {
  const folder = checkFolderPath(new URL(request.url).searchParams.get('folder') ?? 'INBOX');
  const sessionId = (await readClaims())?.sessionId ?? '';
  return new Response(openEventStream({ ...account, sessionId }, folder, request.signal), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  });
});
