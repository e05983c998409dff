// Every field of the header and the parts of a message.
import { readDetails } from '#lib/webmail/reader/mime-tree.ts';
import { readPlace, readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const { folder, uid } = readPlace(request);
  return readDetails(account, folder, uid);
});
