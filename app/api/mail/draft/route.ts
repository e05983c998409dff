// Saving and discarding the draft of a message that is being written.
import { removeDraft, saveDraft } from '#lib/webmail/compose/drafts.ts';
import { readOutgoing } from '#lib/webmail/compose/outgoing.ts';
import { changeRoute, checkUid, readJson } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const outgoing = await readOutgoing(body.message, account);
  const before =
    body.draftUid === null || body.draftUid === undefined ? null : checkUid(body.draftUid);
  return saveDraft(account, outgoing, before);
});

export const DELETE = changeRoute(async (account, request) => {
  await removeDraft(account, checkUid(Number(new URL(request.url).searchParams.get('uid'))));
  return undefined;
});
