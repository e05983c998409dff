// Sending a message, now or at a time of choice.
import { noteCorrespondents } from '#lib/contacts/correspondent.ts';
import { logOf } from '#lib/log.ts';
import { readOutgoing } from '#lib/webmail/compose/outgoing.ts';
import { sendMessage } from '#lib/webmail/compose/send.ts';
import { changeRoute, checkUid, readJson } from '../answer.ts';

export const POST = changeRoute(async (account, request) => {
  const body = await readJson(request);
  const outgoing = await readOutgoing(body.message, account);
  const draftUid =
    body.draftUid === null || body.draftUid === undefined ? null : checkUid(body.draftUid);
  const sendAt = typeof body.sendAt === 'string' ? new Date(body.sendAt) : null;
  const sent = await sendMessage(account, outgoing, { draftUid, sendAt });
  const people = [...outgoing.to, ...outgoing.cc, ...outgoing.bcc];
  // It has been sent: suggestions that could not be noted are no news to the sender.
  await noteCorrespondents(account.id, people).catch((error: unknown) =>
    logOf('web').warn({ err: error }, 'correspondents not noted'),
  );
  return sent;
});
