// An invitation in a message: shown; filed, or answered by mail to its organizer.
import { Refusal } from '#lib/errors.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import {
  actOnInvitation,
  type InvitationAction,
  viewInvitation,
} from '#lib/webmail/reader/invitation.ts';
import { changeRoute, checkPart, checkUid, readJson, readPlace, readRoute } from '../answer.ts';

const actions: InvitationAction[] = ['accepted', 'tentative', 'declined', 'import'];

export const GET = readRoute(async (account, request) => {
  const { folder, uid, query } = readPlace(request);
  return viewInvitation(account, { folder, uid, part: checkPart(query.get('part')) });
});

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const action = actions.find((each) => each === body.action);
  if (!action) throw new Refusal('invalid', 'Unknown answer.', 'action');
  const place = {
    folder: checkFolderPath(body.folder),
    uid: checkUid(body.uid),
    part: checkPart(typeof body.part === 'string' ? body.part : null),
  };
  return actOnInvitation(account, place, action);
});
