// Which domain here passes a message of somebody else on. The queue keeps of that what was written before the message
// when it came (delivery/trace.ts): Delivered-To names the alias or user that leads outside, and only mail of
// strangers has been authenticated. Copies for an archive name nobody: the domain of this host passes them on.
import { isLocalDomain } from '#lib/accounts/route.ts';
import { splitAddress } from '#lib/mail/address.ts';
import { serverHostname } from '#lib/settings/index.ts';
import type { QueuedMail } from '../sign/own-mail.ts';

const deliveredTo = /(?:^|\r\n)Delivered-To: <?([^\s<>]+@[^\s<>]+)>?\r\n/i;
const stamp = /(?:^|\r\n)Authentication-Results: ((?:[^\r]|\r(?!\n)|\r\n[ \t])*)\r\n/gi;

/** The name of that domain, or null. `isRelayed`: a rule says where the message goes, which may be the way inside. */
export async function findForwarder(
  { accountId, prefix }: Pick<QueuedMail, 'accountId' | 'prefix'>,
  isRelayed: boolean,
): Promise<string | null> {
  if (accountId !== null) return null;
  const header = Buffer.from(prefix).toString('latin1');
  const by = splitAddress(deliveredTo.exec(header)?.[1] ?? '').domain;
  if (by !== '') return (await isLocalDomain(by)) ? by : findOwnDomain();
  const hostname = await serverHostname();
  return !isRelayed && readStamp(prefix, hostname) !== null ? findOwnDomain() : null;
}

/** The value of the Authentication-Results that this server wrote, as it stands there; null where there is none. */
export function readStamp(prefix: Uint8Array, hostname: string): string | null {
  const header = Buffer.from(prefix).toString('latin1');
  for (const [, value = ''] of header.matchAll(stamp)) {
    if (value.split(/[;\s]/)[0]?.toLowerCase() === hostname.toLowerCase()) return value;
  }
  return null;
}

/** The domain of this host, or the nearest one above it, that is received here; null where there is none. */
async function findOwnDomain(): Promise<string | null> {
  const labels = (await serverHostname()).toLowerCase().split('.');
  for (let up = 0; up < labels.length; up++) {
    const domain = labels.slice(up).join('.');
    if (await isLocalDomain(domain)) return domain;
  }
  return null;
}
