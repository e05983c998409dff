// Debian's Postfix before Debian's Dovecot (LMTP) as the peer of a bench.
import { existsSync } from 'node:fs';
import { startPeer as startDovecot, weighTree } from './imap-peer.ts';
import { startPostfix } from './postfix.ts';

export type Peer = {
  version: string;
  port: number;
  /** Messages that lie in mailboxes. */
  countDelivered(): number;
  readMemoryMb(): number;
  stop(): Promise<void>;
};

/** Starts both; null where one is not installed, or the user may not. */
export async function startPeer(users: string[], maxClients: number): Promise<Peer | null> {
  if (!existsSync('/usr/lib/dovecot/lmtp')) return null;
  const mailboxes = await startDovecot(
    Object.fromEntries(users.map((user) => [user, '{PLAIN}not used'])),
  );
  if (!mailboxes) return null;
  const postfix = await startPostfix({
    maxClients,
    files: { users: users.map((user) => `${user} OK\n`).join('') },
    settings: (folder) => `virtual_mailbox_domains = example.test
virtual_mailbox_maps = texthash:${folder}/etc/users
virtual_transport = lmtp:inet:127.0.0.1:${mailboxes.lmtpPort}
lmtp_destination_recipient_limit = 50
smtpd_client_connection_count_limit = ${maxClients}
message_size_limit = 52428800`,
  });
  if (!postfix) {
    await mailboxes.stop();
    return null;
  }
  return {
    version: `${postfix.version}, Dovecot ${mailboxes.version}`,
    port: postfix.port,
    countDelivered: mailboxes.countMessages,
    readMemoryMb: () => weighTree(postfix.pid) / 1000 + mailboxes.readMemoryMb(),
    stop: async () => {
      postfix.stop();
      await mailboxes.stop();
    },
  };
}
