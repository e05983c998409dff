// A small mail world for the SMTP tests: temporary database, two domains, some users and aliases, the three
// listeners on ports of their own, and a way to look like a stranger.
import { type Account, addAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { startSmtpServers } from '#server/smtp/servers.ts';
import { readView } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { startCertificates } from '#server/tls/certificate.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Connected, connectTo } from './client.ts';

export const password = 'a long enough password';
export const stranger = '192.0.2.7';

export type World = {
  ports: { smtp: number; submission: number; submissions: number };
  dns: FakeDns;
  ada: Account;
  bob: Account;
  /** Connects as if from outside; `from` may be another address. */
  asStranger(from?: string): Promise<Connected>;
  /** Connects from loopback, which is trusted. */
  asNeighbour(): Promise<Connected>;
  /** Whole messages in the inbox (or another mailbox) of the account, oldest first. */
  readInbox(account: Account, mailbox?: string): Promise<string[]>;
  close(): Promise<void>;
};

/** ada and bob @example.org, carl@example.net (disabled later by who needs it), aliases team@ and out@. */
export async function openWorld(): Promise<World> {
  const database = await openTestDatabase();
  for (const name of ['SMTP', 'SUBMISSION', 'SUBMISSIONS']) process.env[`DREY_${name}_PORT`] = '0';
  process.env.DREY_BIND = '127.0.0.1';
  await writeSetting('server.hostname', 'mail.example.org', 'test');
  await writeSetting('security.failureDelayMs', 0, 'test');
  // Tests come and go faster than any honest server; rates have a test of their own.
  await writeSetting('checks.connectionsPerMinute', 0, 'test');
  await addDomain({ name: 'example.org' }, 'test');
  await addDomain({ name: 'example.net' }, 'test');
  const ada = await addAccount({ address: 'ada@example.org', password, role: 'admin' }, 'test');
  const bob = await addAccount({ address: 'bob@example.org', password }, 'test');
  for (const { id } of [ada, bob]) await ensureMailboxes(id);
  await addAlias(
    { address: 'team@example.org', targets: ['ada@example.org', 'bob@example.org'] },
    'test',
  );
  await addAlias(
    { address: 'out@example.org', targets: ['ada@example.org', 'far@elsewhere.test'] },
    'test',
  );
  await addAlias({ address: '@example.net', targets: ['bob@example.org'] }, 'test');
  const dns = await startDns({
    '7.2.0.192.in-addr.arpa': { PTR: ['relay.far.test'] },
    'relay.far.test': { A: ['192.0.2.7'] },
    '8.2.0.192.in-addr.arpa': { PTR: ['liar.far.test'] },
    'liar.far.test': { A: ['198.51.100.1'] },
  });
  await dns.use();
  const certificates = await startCertificates();
  const servers = await startSmtpServers();
  const ports = servers.ports as World['ports'];
  const open: Connected[] = [];
  const keep = (connected: Connected) => {
    open.push(connected);
    return connected;
  };
  return {
    ports,
    dns,
    ada,
    bob,
    async asStranger(from = stranger) {
      process.env.DREY_TEST_ADDRESS_MAP = `127.0.0.1=${from}`;
      try {
        return keep(await connectTo(ports.smtp));
      } finally {
        delete process.env.DREY_TEST_ADDRESS_MAP;
      }
    },
    async asNeighbour() {
      return keep(await connectTo(ports.smtp));
    },
    async readInbox(account, name = 'INBOX') {
      const mailbox = await findMailbox(account.id, name);
      if (!mailbox) return [];
      const { roll } = await readView(account.id, mailbox.id);
      const uids = [...roll.uids];
      const messages = await readMessages(account.id, mailbox.id, uids);
      return Promise.all(
        messages.map(async (message) => (await readBytes(message)).toString('latin1')),
      );
    },
    async close() {
      for (const connected of open) connected.destroy();
      await servers.stop();
      await certificates.stop();
      await dns.close();
      await flushTrail();
      await database.close();
    },
  };
}
