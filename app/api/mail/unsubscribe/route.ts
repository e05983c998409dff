// Leaves the mailing list of a message in one click.
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { leaveList } from '#lib/webmail/reader/unsubscribe.ts';
import { changeRoute, checkUid, readJson } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  await leaveList(account, checkFolderPath(body.folder), checkUid(body.uid));
  return undefined;
});
