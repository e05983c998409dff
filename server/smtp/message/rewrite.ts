// Rewriting of addresses on their way in (Postfix: canonical(5)). Checks look at what the client said; what is
// stored and sent on has the new spelling: recipients from RCPT on, senders when the message is handed over.
//
// Invariant: rewriting opens no relay. A recipient of a domain elsewhere that a rule leads elsewhere is judged as
// what it is; only one of a domain here may be sent on, to the one address or domain that the rule names.
import { isTrustedAddress } from '#lib/accounts/network.ts';
import { type Rewriter, readRewriter } from '#lib/accounts/rewrite.ts';
import { isLocalDomain, type Resolution, resolveRecipient } from '#lib/accounts/route.ts';
import { canonicalAddress, splitAddress } from '#lib/mail/address.ts';
import { rewriteAddresses } from '#lib/mail/rewrite-addresses.ts';
import type { Settings } from '#lib/settings/index.ts';
import { isOffice } from '../checks/once.ts';
import type { Client } from '../session.ts';
import { readMasquerade } from './masquerade.ts';

const senderFields = [
  'from',
  'sender',
  'reply-to',
  'resent-from',
  'resent-sender',
  'resent-reply-to',
];
const recipientFields = ['to', 'cc', 'resent-to', 'resent-cc'];

const delimiterOf = (settings: Settings) => settings['smtp.recipientDelimiter'];

/** Where a recipient goes, and its new spelling where mail for it leaves under that. */
export async function resolveRewritten(
  recipient: string | null,
  settings: Settings,
): Promise<{ resolution: Resolution; relayTo: string | null }> {
  if (recipient === null) return { resolution: { status: 'unknown' }, relayTo: null };
  const delimiter = delimiterOf(settings);
  const resolve = async (address: string) => ({
    resolution: await resolveRecipient(address, delimiter),
    relayTo: null,
  });
  const to = (await readRewriter('recipient', delimiter))?.(recipient);
  if (!to) return resolve(recipient);
  const resolution = await resolveRecipient(to, delimiter);
  // RFC 5321 §4.5.1: a rule for a whole domain must not lose its postmaster.
  const isLost = resolution.status === 'unknown' || resolution.status === 'disabled';
  if (isLost && isOffice(recipient)) return resolve(recipient);
  if (resolution.status !== 'not-local') return { resolution, relayTo: null };
  if (!(await isLocalDomain(splitAddress(recipient).domain))) return { resolution, relayTo: to };
  return { resolution: { status: 'local', mailboxes: [], forwards: [to] }, relayTo: null };
}

/** The envelope sender as it is stored and sent on. */
export async function rewriteSender(sender: string, settings: Settings): Promise<string> {
  if (canonicalAddress(sender) === null) return sender;
  return (await readSenderRewriter(settings))?.(sender) ?? sender;
}

/** The rules of the table first, then the domains that hide their hosts. */
async function readSenderRewriter(settings: Settings): Promise<Rewriter | null> {
  const rewriter = await readRewriter('sender', delimiterOf(settings));
  const masquerade = readMasquerade(settings);
  if (!rewriter || !masquerade) return rewriter ?? masquerade;
  return (address) => {
    const to = rewriter(address);
    return masquerade(to ?? address) ?? to;
  };
}

/**
 * Rewrites the header of mail that begins here: submitted, or from a trusted network (Postfix:
 * local_header_rewrite_clients). Other mail keeps its header, and with it its signatures.
 */
export async function readHeaderRewriter(
  client: Client,
  settings: Settings,
): Promise<(header: Buffer) => Buffer> {
  const delimiter = delimiterOf(settings);
  const [sender, recipient] = await Promise.all([
    readSenderRewriter(settings),
    readRewriter('recipient', delimiter),
  ]);
  if (!sender && !recipient) return (header) => header;
  const isOwn = client.isSubmission || (await isTrustedAddress(client.remote));
  if (!isOwn || client.isLocal) return (header) => header;
  const apply = (header: Buffer, names: string[], rewriter: Rewriter | null) =>
    rewriter ? rewriteAddresses(header, names, rewriter) : header;
  return (header) => apply(apply(header, senderFields, sender), recipientFields, recipient);
}
