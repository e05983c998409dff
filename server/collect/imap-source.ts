// A mailbox elsewhere over IMAP, through imapflow. Messages are known by UIDVALIDITY and UID.
import { isIP } from 'node:net';
import { ImapFlow } from 'imapflow';
import type { Claim } from '#lib/collections/due.ts';
import { FLAG } from '#server/store/flag-bits.ts';
import { findAddresses, openSocket } from './reach.ts';
import type { Listed, Source } from './source.ts';
import { CollectTrouble, quoteReply } from './trouble.ts';

const maxListed = 500_000;
const idleMs = 60_000;

/** Signs in and opens the folder. Throws CollectTrouble. */
export async function openImap(claim: Claim, password: string): Promise<Source> {
  const { host, port, tlsMode, username, source, isKept } = claim;
  const address = await findReachable(await findAddresses(host), port);
  const name = isIP(host) ? {} : { servername: host };
  const client = new ImapFlow({
    // The address that was looked at, so that no other look-up leads elsewhere.
    host: address,
    ...name,
    port,
    secure: tlsMode === 'implicit',
    doSTARTTLS: tlsMode === 'required',
    auth: { user: username, pass: password },
    tls: { ...name, minVersion: 'TLSv1.2' },
    clientInfo: { name: 'Drey' },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: idleMs,
    maxLiteralSize: 256 * 1024 * 1024,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.mailboxOpen(source, { readOnly: isKept });
  } catch (error) {
    client.close();
    throw explain(error);
  }
  return makeSource(client);
}

/** The first address that takes a connection; imapflow itself tries one. */
async function findReachable(addresses: string[], port: number): Promise<string> {
  if (addresses.length === 1) return addresses[0] as string;
  const socket = await openSocket(addresses, port);
  const address = socket.remoteAddress as string;
  socket.destroy();
  return address;
}

function makeSource(client: ImapFlow): Source {
  const mailbox = client.mailbox;
  const validity = mailbox ? String(mailbox.uidValidity) : '';
  const uidOf = ({ uid }: Listed) => uid.slice(validity.length + 1);
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explain(error);
    }
  };
  return {
    list: () =>
      guarded(async () => {
        const listed: Listed[] = [];
        if (!mailbox || mailbox.exists === 0) return listed;
        if (mailbox.exists > maxListed) throw new CollectTrouble('there are too many messages');
        for await (const { uid, size } of client.fetch('1:*', { uid: true, size: true })) {
          listed.push({ uid: `${validity}/${uid}`, sizeBytes: size ?? 0 });
        }
        return listed;
      }),
    fetch: (message) =>
      guarded(async () => {
        const uid = uidOf(message);
        const found = await client.fetchOne(
          uid,
          { flags: true, internalDate: true },
          { uid: true },
        );
        const download = await client.download(uid, undefined, { uid: true });
        if (!found || !download.content) throw new CollectTrouble('the message is gone there');
        const isIt = (flag: string) => found.flags?.has(flag) ?? false;
        const at = found.internalDate ? new Date(found.internalDate) : null;
        return {
          flags:
            (isIt('\\Seen') ? FLAG.seen : 0) |
            (isIt('\\Flagged') ? FLAG.flagged : 0) |
            (isIt('\\Answered') ? FLAG.answered : 0),
          internalDate: at && !Number.isNaN(at.getTime()) ? at : null,
          chunks: download.content as AsyncIterable<Buffer>,
        };
      }),
    remove: (message) =>
      guarded(async () => {
        await client.messageDelete(uidOf(message), { uid: true });
      }),
    close: async () => {
      await client.logout().catch(() => undefined);
      client.close();
    },
    abort: () => client.close(),
  };
}

function explain(error: unknown): CollectTrouble {
  if (error instanceof CollectTrouble) return error;
  const { authenticationFailed, responseText, code, message } = (error ?? {}) as {
    authenticationFailed?: boolean;
    responseText?: string;
    code?: string;
    message?: string;
  };
  const said = quoteReply(responseText ?? '');
  if (authenticationFailed) return new CollectTrouble(`sign-in refused: ${said}`);
  if (said) return new CollectTrouble(`the server says: ${said}`);
  return new CollectTrouble(`the connection failed (${quoteReply(code ?? message ?? '')})`);
}
