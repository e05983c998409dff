// Messages put away until a moment, and brought back before it.
import { checkUids } from '#lib/webmail/actions.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { checkUntil, snoozeMessages, unsnoozeMessages } from '#lib/webmail/snooze.ts';
import { changeRoute, readJson } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const uids = checkUids(body.uids);
  if (body.until === null) return { moved: await unsnoozeMessages(account, uids) };
  const folder = checkFolderPath(body.folder);
  return { moved: [await snoozeMessages(account, folder, uids, checkUntil(body.until))] };
});
