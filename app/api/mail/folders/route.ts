// The folder list with its counts and how full the mailbox is; subscriptions, and what a folder is for.
import { Refusal } from '#lib/errors.ts';
import { readQuota } from '#lib/webmail/folders/quota.ts';
import { chooseUse, folderUses, subscribe } from '#lib/webmail/folders/uses.ts';
import { listFolders } from '#lib/webmail/list/mailboxes.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async (account) => {
  const [folders, quota] = await Promise.all([listFolders(account), readQuota(account)]);
  return { folders, quota };
});

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
