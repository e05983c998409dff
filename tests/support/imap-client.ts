// What a mail program sees over IMAP (imapflow), on loopback without TLS.
import { ImapFlow } from 'imapflow';

/** Signs in, does `work` and hangs up. */
export async function withImap<T>(
  port: number,
  who: { address: string; password: string },
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: who.address, pass: who.password },
    logger: false,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** The same in an open folder. */
export function withFolder<T>(
  port: number,
  who: { address: string; password: string },
  folder: string,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  return withImap(port, who, async (client) => {
    await client.mailboxOpen(folder);
    return work(client);
  });
}
