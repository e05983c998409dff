// A mailbox elsewhere over POP3. Messages are known by UIDL; a server without it would bring everything again each time,
// so it is refused.
import type { Claim } from '#lib/collections/due.ts';
import { Pop3Client } from './pop3-client.ts';
import { findAddresses, openSocket } from './reach.ts';
import type { Listed, Source } from './source.ts';
import { CollectTrouble } from './trouble.ts';

/** Signs in. Throws CollectTrouble. */
export async function openPop3(claim: Claim, password: string): Promise<Source> {
  const { host, port, tlsMode, username } = claim;
  const client = new Pop3Client(await openSocket(await findAddresses(host), port));
  try {
    if (tlsMode === 'implicit') await client.startTls(host);
    await client.readReply();
    if (tlsMode === 'required') {
      await client.ask('STLS');
      await client.startTls(host);
    }
    await client.ask(`USER ${username}`);
    await client.ask(`PASS ${password}`).catch((error: Error) => {
      throw new CollectTrouble(`sign-in refused: ${error.message}`);
    });
  } catch (error) {
    client.abort();
    throw error;
  }
  return makeSource(client);
}

function makeSource(client: Pop3Client): Source {
  const numbers = new Map<string, number>();
  const numberOf = ({ uid }: Listed) => {
    const number = numbers.get(uid);
    if (number === undefined) throw new CollectTrouble('the message is gone there');
    return number;
  };
  return {
    list: async () => {
      const uids = parsePairs(
        await client.askLines('UIDL').catch(() => {
          throw new CollectTrouble('the server cannot name its messages (UIDL)');
        }),
      );
      const sizes = new Map(parsePairs(await client.askLines('LIST')));
      numbers.clear();
      return uids.map(([number, uid]) => {
        numbers.set(uid, number);
        return { uid, sizeBytes: Number(sizes.get(number)) || 0 };
      });
    },
    fetch: async (message) => ({
      flags: 0,
      internalDate: null,
      chunks: client.retrieve(numberOf(message)),
    }),
    remove: async (message) => {
      await client.ask(`DELE ${numberOf(message)}`);
    },
    // RFC 1939 §6: only QUIT removes what was marked.
    close: () => client.quit(),
    abort: () => client.abort(),
  };
}

/** "number text" a line; what does not look so is passed over. */
function parsePairs(lines: string[]): [number, string][] {
  return lines.flatMap((line): [number, string][] => {
    // RFC 1939 §7: a UIDL is of 1 to 70 printable characters; be generous with the length.
    const match = /^(\d{1,9}) +([!-~]{1,200})(?: .*)?$/.exec(line);
    return match ? [[Number(match[1]), match[2] as string]] : [];
  });
}
