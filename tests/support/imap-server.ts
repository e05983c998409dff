// The IMAP servers in this process, on free ports of loopback, with a database of their own.
import { connect, type Socket } from 'node:net';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { startImapServers } from '#server/imap/servers.ts';
import { startCertificates } from '#server/tls/certificate.ts';
import { openTestDatabase } from './database.ts';

export const password = 'correct horse battery';

export type ImapServer = {
  port: number;
  securePort: number;
  /** A new account; its address. */
  addUser(name: string, quotaBytes?: number): Promise<{ id: string; address: string }>;
  connect(): Promise<Socket>;
  close(): Promise<void>;
};

/** Starts everything; call `close` in the end. */
export async function openImapServer(): Promise<ImapServer> {
  const database = await openTestDatabase();
  process.env.DREY_BIND = '127.0.0.1';
  process.env.DREY_IMAP_PORT = '0';
  process.env.DREY_IMAPS_PORT = '0';
  await addDomain({ name: 'example.test' }, 'test');
  await writeSetting('security.failureDelayMs', 0, 'test');
  const certificates = await startCertificates();
  const servers = await startImapServers();
  const port = servers.ports!.imap!;
  return {
    port,
    securePort: servers.ports!.imaps!,
    addUser: async (name, quotaBytes) => {
      const address = `${name}@example.test`;
      const account = await addAccount(
        { address, password, ...(quotaBytes === undefined ? {} : { quotaBytes }) },
        'test',
      );
      return { id: account.id, address };
    },
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port, noDelay: true });
        socket.once('connect', () => resolve(socket)).once('error', reject);
      }),
    close: async () => {
      await servers.stop();
      await certificates.stop();
      await flushTrail();
      await database.close();
    },
  };
}
