// The envelope sender of mail that is passed on (lib/mail/srs.ts). It is made at the attempt: the queue and the trail keep
// the sender as it came, and what this server reports itself goes to that one directly.
import { isLocalDomain } from '#lib/accounts/route.ts';
import { makeReturnAddress } from '#lib/accounts/srs.ts';
import { splitAddress, toAsciiDomain } from '#lib/mail/address.ts';
import type { Settings } from '#lib/settings/index.ts';

/** The sender that the next server is told. `forwarder`: the domain here that passes the message on. */
export async function rewriteReturn(
  sender: string,
  forwarder: string,
  settings: Settings,
): Promise<string> {
  // RFC 5321 §4.5.5: a report stays from nobody.
  if (!settings['delivery.srs'] || sender === '') return sender;
  const from = toAsciiDomain(splitAddress(sender).domain);
  // SPF of a domain that is here names this server.
  if (from === null || (await isLocalDomain(from))) return sender;
  const chosen = settings['delivery.srsDomain'];
  const domain = chosen !== '' && (await isLocalDomain(chosen)) ? chosen : forwarder;
  return makeReturnAddress(sender, domain) ?? sender;
}
