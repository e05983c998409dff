// The folder list with its counts; subscriptions, and what a folder is for.
import { Refusal } from '#lib/errors.ts';
import { chooseUse, folderUses, subscribe } from '#lib/webmail/folders/uses.ts';
import { listFolders } from '#lib/webmail/list/mailboxes.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async (account) => ({ folders: await listFolders(account) }));

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  if (body.kind === 'subscribe') {
    await subscribe(account, checkFolderPath(body.folder), body.isSubscribed === true);
    return undefined;
  }
  const use = folderUses.find((each) => each === body.use);
  if (body.kind !== 'use' || !use) throw new Refusal('invalid', 'Unknown action.', 'kind');
  await chooseUse(account, use, body.folder === '' ? '' : checkFolderPath(body.folder));
  return undefined;
});
