// What became of a message of one's own, recipient by recipient.
import { readDeliveryStates } from '#lib/webmail/reader/delivery.ts';
import { readRoute } from '../answer.ts';

export const GET = readRoute(async (account, request) => {
  const messageId = new URL(request.url).searchParams.get('id') ?? '';
  return { states: await readDeliveryStates(account.id, messageId) };
});
