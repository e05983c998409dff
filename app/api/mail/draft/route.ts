// Saving and discarding the draft of a message that is being written.
import { listOwnAddresses } from '#lib/accounts/route.ts';
import { readOutgoing } from '#lib/webmail/compose/compose.ts';
import { removeDraft, saveDraft } from '#lib/webmail/compose/drafts.ts';
import { changeRoute, checkUid, readJson } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const addresses = [account.address, ...(await listOwnAddresses(account.id))];
  const outgoing = readOutgoing(body.message, { addresses, name: account.displayName });
  const before =
    body.draftUid === null || body.draftUid === undefined ? null : checkUid(body.draftUid);
  return saveDraft(account, outgoing, before);
});

export const DELETE = changeRoute(async (account, request) => {
  await removeDraft(account, checkUid(Number(new URL(request.url).searchParams.get('uid'))));
  return undefined;
});
