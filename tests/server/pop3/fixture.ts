// A POP3 server with two accounts, and mail in INBOX.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type Account, addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { now } from '#lib/clock.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { serveConnection } from '#server/pop3/connection.ts';
import { startPop3Servers } from '#server/pop3/servers.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { readView } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { startCertificates } from '#server/tls/certificate.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { connect, type LineClient } from '../net/line-client.ts';

export const password = 'correct horse';
export type Fixture = Awaited<ReturnType<typeof openFixture>>;

/** Starts everything; `close` stops it. */
export async function openFixture() {
  const database = await openTestDatabase();
  process.env.DREY_POP3_PORT = '0';
  process.env.DREY_POP3S_PORT = '0';
  await writeSetting('security.failureDelayMs', 0, 'test');
  await writeSetting('security.maxLoginFailures', 1000, 'test');
  await writeSetting('server.hostname', 'mail.example.org', 'test');
  await addDomain({ name: 'example.org' }, 'test');
  const certificates = await startCertificates();
  const servers = await startPop3Servers();
  const ports = servers.ports as { pop3: number; pop3s: number };
  const clients: LineClient[] = [];
  let accounts = 0;

  /** A connection behind its greeting. */
  const open = async (isTls = false): Promise<LineClient> => {
    const client = await connect(isTls ? ports.pop3s : ports.pop3, isTls);
    clients.push(client);
    const greeting = await client.line();
    if (greeting !== '+OK mail.example.org POP3 server ready.') throw new Error(greeting);
    return client;
  };

  return {
    ports,
    servers,
    open,
    /** A new account whose INBOX holds the messages. */
    async addUser(messages: string[] = []): Promise<Account> {
      accounts += 1;
      const account = await addAccount(
        { address: `user${accounts}@example.org`, password },
        'test',
      );
      await ensureMailboxes(account.id);
      for (const message of messages) await deliver(account, message);
      return account;
    },
    /** Logged in, at the first command of TRANSACTION. */
    async logIn(account: Account): Promise<LineClient> {
      const client = await open();
      client.send(`USER ${account.address}\r\nPASS ${password}\r\n`);
      await client.line();
      const answer = await client.line();
      if (!answer.startsWith('+OK')) throw new Error(answer);
      return client;
    },
    async close(): Promise<void> {
      for (const client of clients) client.close();
      await servers.stop();
      await certificates.stop();
      await database.close();
    },
  };
}

export async function inboxOf(account: Account) {
  const mailbox = await findMailbox(account.id, 'INBOX');
  if (!mailbox) throw new Error('no INBOX');
  return readView(account.id, mailbox.id);
}

/** A message in INBOX, octets as in `text` (latin1), behind a trace header of its own. */
export async function deliver(account: Account, text: string, prefix = ''): Promise<void> {
  const { mailbox } = await inboxOf(account);
  const body = await stageBytes(Buffer.from(text, 'latin1'));
  const message = {
    body,
    prefix: Buffer.from(prefix),
    flags: 0,
    keywords: [],
    internalDate: now(),
  };
  await appendMessages(account.id, mailbox.id, [message]);
}

/** Sends a command and returns the first line of its reply. */
export async function ask(client: LineClient, command: string): Promise<string> {
  client.send(`${command}\r\n`);
  return client.line();
}

/** The same with the lines that follow. */
export async function askLines(client: LineClient, command: string): Promise<string[]> {
  const first = await ask(client, command);
  return first.startsWith('+OK') ? [first, ...(await client.lines())] : [first];
}

/** A server with other times than the usual. */
export async function serve(times: {
  idleTimeoutMs: number;
  loginDeadlineMs: number;
}): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const client = { remote: '127.0.0.1', isSecure: false, hostname: 'mail.example.org' };
    serveConnection(socket, { ...client, ...times });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** The server's end of a connection: its idle time is over at once. Nobody can be signed in within a time that short. */
export function hurry(socket: Socket): void {
  socket.setTimeout(50);
}
