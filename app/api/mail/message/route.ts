// One message for the reader; with `plain`, the plain text of one of its parts.
import { readMessage, readPlainBody } from '#lib/webmail/reader/message.ts';
import { checkPart, readPlace, readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const { folder, uid, query } = readPlace(request);
  const plain = query.get('plain');
  return plain
    ? readPlainBody(account, folder, uid, checkPart(plain))
    : readMessage(account, folder, uid);
});
