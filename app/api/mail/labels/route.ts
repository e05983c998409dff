// Labels put on messages and taken off.
import { checkUids } from '#lib/webmail/actions.ts';
import { changeKeywords, checkKeywords } from '#lib/webmail/labels.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { changeRoute, readJson } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const change = { add: checkKeywords(body.add), remove: checkKeywords(body.remove) };
  await changeKeywords(account, checkFolderPath(body.folder), checkUids(body.uids), change);
  return undefined;
});
