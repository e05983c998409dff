// The octets of messages, some at once: who fetches number n mostly asks for n + 1 next, and one look at the
// database for a few dozen costs hardly more than one for each. Holds 256 KB at most.
import { isRefusal } from '#lib/errors.ts';
import { toBuffer } from '#server/store/bodies/blobs.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { type Column, readColumns } from '#server/store/read-columns.ts';
import type { Maildrop } from './maildrop.ts';

const mostAhead = 32;
const mostAheadBytes = 256 * 1024;
const columns: readonly Column[] = ['prefix', 'sizeBytes', 'smallBody'];

export type ReadAhead = {
  /** The octets of a message, or null when another session has moved it away since login. */
  read(number: number): Promise<Buffer | null>;
};

export function createReadAhead(maildrop: Maildrop): ReadAhead {
  let ahead = new Map<number, Buffer>();
  let previous = 0;
  return {
    async read(number) {
      const isInOrder = number === previous + 1;
      previous = number;
      const uid = maildrop.uids[number - 1] ?? 0;
      const known = ahead.get(uid);
      if (known) return known;
      if (!isInOrder) {
        ahead.clear();
        return readOne(maildrop, uid);
      }
      ahead = await readSome(maildrop, number);
      return ahead.get(uid) ?? readOne(maildrop, uid);
    },
  };
}

async function readOne({ accountId, mailboxId }: Maildrop, uid: number): Promise<Buffer | null> {
  const [message] = await readMessages(accountId, mailboxId, [uid]);
  if (!message) return null;
  try {
    return await readBytes(message);
  } catch (error) {
    // Removed between the two reads, with its last copy.
    if (isRefusal(error, 'not-found')) return null;
    throw error;
  }
}

/** By UID: those from `number` on that are small. */
async function readSome(maildrop: Maildrop, number: number): Promise<Map<number, Buffer>> {
  const { accountId, mailboxId, uids, sizes, deleted } = maildrop;
  const wanted: number[] = [];
  let bytes = 0;
  for (let at = number - 1; at < uids.length && wanted.length < mostAhead; at++) {
    bytes += sizes[at] ?? 0;
    if (bytes > mostAheadBytes) break;
    if (!deleted[at]) wanted.push(uids[at] ?? 0);
  }
  const found = new Map<number, Buffer>();
  if (wanted.length === 0) return found;
  for (const row of await readColumns(accountId, mailboxId, wanted, columns)) {
    if (!row.smallBody) continue;
    const body = toBuffer(row.smallBody);
    const bytes = row.prefix.length > 0 ? Buffer.concat([row.prefix, body]) : body;
    // A damaged one is readOne's affair.
    if (bytes.length === Number(row.sizeBytes)) found.set(row.uid, bytes);
  }
  return found;
}
