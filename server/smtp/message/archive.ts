// The archive of a domain gets one copy of all mail to and from it (Postfix: always_bcc, recipient_bcc_maps,
// sender_bcc_maps). The copy is added when the message is handed over, so copies have no copies, and neither
// sender nor recipients are told of it: a failure of it is nobody's bounce.
import { isTrustedAddress } from '#lib/accounts/network.ts';
import { db, readOnceACommit } from '#lib/db.ts';
import { splitAddress, toAsciiDomain } from '#lib/mail/address.ts';
import type { Client } from '../session.ts';

const readArchives = readOnceACommit(async () => {
  const rows = await db.$queryRaw<{ name: string; archive: string; aliasOf: string }[]>`
    SELECT "name", "archive", "aliasOf" FROM "Domain" WHERE "archive" <> '' OR "aliasOf" <> ''`;
  const own = new Map(rows.map(({ name, archive }) => [name, archive]));
  return new Map(
    rows.map(({ name, archive, aliasOf }) => [
      name,
      // Mail for a domain that is an alias is mail for the users of the other.
      [...new Set([archive, own.get(aliasOf) ?? ''])].filter((address) => address !== ''),
    ]),
  );
});

/** Archives for mail from `sender` (where it may be believed) to canonical `recipients`, each once. */
export async function listArchives(
  client: Client,
  sender: string,
  recipients: string[],
): Promise<string[]> {
  const archives = await readArchives();
  if (archives.size === 0) return [];
  const domains = recipients.map((address) => splitAddress(address).domain);
  const isOwn =
    client.account !== null || client.isLocal || (await isTrustedAddress(client.remote));
  if (isOwn) domains.push(toAsciiDomain(splitAddress(sender).domain) ?? '');
  return [...new Set(domains.flatMap((domain) => archives.get(domain) ?? []))];
}
