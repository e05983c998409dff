// The hosts of a relay rule and what it signs in with, in clear: for trying them when an administrator asks. An attempt to
// deliver reads it by itself (relay-choice.ts).
import { decryptSecret } from '#lib/accounts/secret.ts';
import { db } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { parseHosts } from './relay-host.ts';

export type RelayLogin = {
  /** Those that are named themselves: the servers of an MX or a socket are not tried. */
  hosts: { host: string; port: number }[];
  tlsMode: string;
  username: string;
  password: string;
};

/** Refusal 'not-found'; 'unavailable' where the stored password cannot be read, or nothing can be tried. */
export async function readRelayLogin(id: string): Promise<RelayLogin> {
  const row = await db.relayRule.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', 'There is no such relay rule.');
  const hosts = parseHosts(row.hosts).flatMap((host) =>
    host.kind === 'host' ? { host: host.name, port: host.port } : [],
  );
  if (row.target !== 'hosts' || hosts.length === 0) {
    throw new Refusal('unavailable', 'The rule names no host that can be tried.');
  }
  const password = row.secret ? decryptSecret(row.secret) : '';
  if (password === null) {
    throw new Refusal('unavailable', 'The stored password cannot be read. Write it anew.');
  }
  return { hosts, tlsMode: row.tlsMode, username: row.username, password };
}
