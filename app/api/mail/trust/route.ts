// Senders whose pictures load at once.
import { Refusal } from '#lib/errors.ts';
import {
  distrustSender,
  listTrustedSenders,
  trustSender,
} from '#lib/webmail/reader/trusted-senders.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

export const GET = readRoute(async (account) => ({
  senders: await listTrustedSenders(account.id),
}));

export const POST = changeRoute(async (account, request) => {
  const { sender, isTrusted } = await readJson(request);
  if (typeof sender !== 'string' || sender.length > 320) {
    throw new Refusal('invalid', 'This is not an address.', 'sender');
  }
  if (isTrusted === false) await distrustSender(account.id, sender);
  else await trustSender(account.id, sender);
  return undefined;
});
