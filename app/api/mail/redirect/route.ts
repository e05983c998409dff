// Sending a message on unchanged.

import { readPeople } from '#lib/webmail/compose/outgoing.ts';
import { redirectMessage } from '#lib/webmail/compose/redirect.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { changeRoute, checkUid, readJson } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const from = typeof body.from === 'string' ? body.from : account.address;
  const to = readPeople(body.to, 'to');
  const folder = checkFolderPath(body.folder);
  await redirectMessage(account, folder, checkUid(body.uid), { from, to });
  return undefined;
});
