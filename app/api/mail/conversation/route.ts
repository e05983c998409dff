// The messages of one conversation, in all folders.
import { readConversation } from '#lib/webmail/list/conversation.ts';
import { readPlace, readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const { folder, uid } = readPlace(request);
  return readConversation(account, folder, uid);
});
