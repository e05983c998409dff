// Sending a message.
import { listOwnAddresses } from '#lib/accounts/route.ts';
import { forgetPeople } from '#lib/webmail/compose/addresses.ts';
import { readOutgoing } from '#lib/webmail/compose/compose.ts';
import { sendMessage } from '#lib/webmail/compose/send.ts';
import { changeRoute, checkUid, readJson } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const addresses = [account.address, ...(await listOwnAddresses(account.id))];
  const outgoing = readOutgoing(body.message, { addresses, name: account.displayName });
  const draft =
    body.draftUid === null || body.draftUid === undefined ? null : checkUid(body.draftUid);
  const sent = await sendMessage(account, outgoing, draft);
  forgetPeople(account);
  return sent;
});
