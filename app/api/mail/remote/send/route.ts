// For scripts: sends a plain text as the account, through the same submission with the same limits as the composer.
import { Refusal } from '#lib/errors.ts';
import { emptyForm } from '#lib/webmail/compose/form.ts';
import { readOutgoing } from '#lib/webmail/compose/outgoing.ts';
import { sendMessage } from '#lib/webmail/compose/send.ts';
import { readJson, scriptRoute } from '../../answer.ts';

/** POST {to, cc?, bcc?: address or addresses, from?, subject, text} → {messageId, refused} */
export const POST = scriptRoute(async (account, request) => {
  const { from, to, cc, bcc, subject, text } = await readJson(request);
  const message = {
    ...emptyForm(typeof from === 'string' ? from : account.address),
    to: toPeople(to, 'to'),
    cc: toPeople(cc, 'cc'),
    bcc: toPeople(bcc, 'bcc'),
    subject,
    text,
  };
  const outgoing = await readOutgoing(message, account);
  const sent = await sendMessage(account, outgoing, { draftUid: null, sendAt: null });
  return { messageId: sent.messageId, refused: sent.refused };
});

function toPeople(value: unknown, field: string): { name: string; address: string }[] {
  const all = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return all.map((each) => {
    if (typeof each !== 'string') throw new Refusal('invalid', 'Give addresses.', field);
    return { name: '', address: each };
  });
}
