// Whether a message is mail of our own, which alone we sign: what users hand in, what comes from trusted networks,
// and reports of this server. A stranger's mail is in the queue too, because an alias or an archive is
// outside, and may well carry an author of ours: our signature would make a forgery genuine.
//
// The queue keeps of that the account and the trace header that we wrote (delivery/trace.ts); the proof must be
// there, its absence is no proof.
import { isTrustedAddress } from '#lib/accounts/network.ts';

export type QueuedMail = { accountId: string | null; sender: string; prefix: Uint8Array };

/** Only mail of strangers has been authenticated (smtp/checks/authenticity.ts). */
const stamp = /(?:^|\r\n)Authentication-Results:/i;
/** Came through an alias here: a trusted machine may have passed it on for a stranger. */
const alias = /(?:^|\r\n)Delivered-To:/i;
const arrival =
  /(?:^|\r\n)Received: from (\S+)(?: \((?:\S+ )?\[(?:IPv6:)?([0-9A-Fa-f.:]+)\]\))?\r\n\tby \S+ with (\S+) id /;

/** Whether this server may put its name under the message. */
export async function isOwnMail({ accountId, sender, prefix }: QueuedMail): Promise<boolean> {
  if (accountId !== null) return true;
  const header = Buffer.from(prefix).toString('latin1');
  if (stamp.test(header) || alias.test(header)) return false;
  const [, , remote, protocol] = arrival.exec(header) ?? [];
  // Reports are made here, from nobody (report.ts).
  if (protocol === 'local') return sender === '' && remote === undefined;
  // RFC 3848: what comes over LMTP has been received by somebody else.
  if (remote === undefined || !/^(UTF8)?E?SMTP/.test(protocol ?? '')) return false;
  return isTrustedAddress(remote);
}
