// Answers the question for a read receipt: sends it, or settles that none will be sent.
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { markAnswered, sendReceipt } from '#lib/webmail/reader/receipt.ts';
import { changeRoute, checkUid, readJson } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const folder = checkFolderPath(body.folder);
  const uid = checkUid(body.uid);
  if (body.isWanted === true) await sendReceipt(account, folder, uid, body.isByHand !== false);
  else await markAnswered(account, folder, uid);
  return undefined;
});
