// One message for the reader; with `plain`, the plain text of one of its parts; with `nested`, a message inside it.
import { readMessage, readNestedMessage, readPlainBody } from '#lib/webmail/reader/message.ts';
import { checkPart, readPlace, readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const { folder, uid, query } = readPlace(request);
  const plain = query.get('plain');
  if (plain) return readPlainBody(account, folder, uid, checkPart(plain));
  const nested = query.get('nested');
  if (nested) return readNestedMessage(account, folder, uid, checkPart(nested));
  return readMessage(account, folder, uid);
});
