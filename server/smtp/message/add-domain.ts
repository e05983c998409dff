// Addresses without a domain, as cron and old programs write them (Postfix: append_at_myorigin): completed for who is at
// home here. A stranger has to say a whole address.
import { isTrustedAddress } from '#lib/accounts/network.ts';
import type { Settings } from '#lib/settings/index.ts';
import type { Client } from '../session.ts';

/** "root" as "root@example.org" where the setting server.domain names one; everything else as it is. */
export async function addDomain(
  address: string,
  client: Client,
  settings: Settings,
): Promise<string> {
  const domain = settings['server.domain'];
  if (domain === '' || address === '' || address.includes('@')) return address;
  const isOwn = client.isSubmission || client.isLocal || (await isTrustedAddress(client.remote));
  return isOwn ? `${address}@${domain}` : address;
}
