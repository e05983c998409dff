// Who may do what with one of the own folders, and whom of the domain it may be shared with.
import { Refusal } from '#lib/errors.ts';
import {
  changeGrant,
  readGrants,
  shareLevels,
  suggestColleagues,
} from '#lib/webmail/folders/acl.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const query = new URL(request.url).searchParams;
  const typed = query.get('q');
  if (typed !== null) return { people: await suggestColleagues(account, typed) };
  return { grants: await readGrants(account, checkFolderPath(query.get('folder'))) };
});

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const folder = checkFolderPath(body.folder);
  const level = shareLevels.find((each) => each === body.level) ?? null;
  if (level === null && body.level !== null) {
    throw new Refusal('invalid', 'Unknown rights.', 'level');
  }
  await changeGrant(account, folder, String(body.who ?? ''), level);
  return { grants: await readGrants(account, folder) };
});
