// Leaving a mailing list in one click (RFC 8058): our server sends the one POST the list asks for, to the https address
// in a header that a valid DKIM signature covers, and under the rules of every visit to a stranger's server.
import { Refusal } from '../../errors.ts';
import { parseHeaderFields } from '../../mail/header.ts';
import { serverHostname } from '../../settings/index.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { type VisitRules, visit } from '../remote/visit.ts';
import { readAuthentication } from './authentication.ts';
import { fetchMessage } from './fetch-message.ts';
import { findOneClick } from './list-commands.ts';

/** Leaves the list of a message. Refusal 'invalid' where it cannot be done so, 'unavailable' where the list refuses. */
export async function leaveList(
  account: MailAccount,
  folder: string,
  uid: number,
  change: Partial<VisitRules> = {},
): Promise<void> {
  const message = await withMailbox(account, folder, (client) => fetchMessage(client, uid));
  const fields = parseHeaderFields(message.headers ?? Buffer.alloc(0));
  const authentication = readAuthentication(fields, await serverHostname());
  const url = findOneClick(fields, authentication?.signedBy ?? []);
  if (!url) throw new Refusal('invalid', 'This list cannot be left in one click.');
  const { status } = await visit(url, {
    method: 'POST',
    body: 'List-Unsubscribe=One-Click', // RFC 8058 §3.1
    maxBytes: 256 * 1024,
    timeoutMs: 15_000,
    maxRedirects: 0,
    accept: '*/*',
    isSecureOnly: true,
    ...change,
  });
  if (status < 200 || status >= 300) {
    throw new Refusal('unavailable', 'The list did not take it. Use its page or write to it.');
  }
}
