// The text of an attachment, for the viewer.
import { readPartText } from '#lib/webmail/reader/part-text.ts';
import { checkPart, readPlace, readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const { folder, uid, query } = readPlace(request);
  return readPartText(account, folder, uid, checkPart(query.get('part')));
});
