// An .eml file dropped on a folder: the raw body is the message.
import { importMessage, readFile } from '#lib/webmail/folders/import.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { changeRoute } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const folder = checkFolderPath(new URL(request.url).searchParams.get('folder'));
  return importMessage(account, folder, await readFile(request.body));
});
