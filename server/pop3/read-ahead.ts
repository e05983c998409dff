// The octets of messages, some at once: who fetches number n mostly asks for n + 1 next, and one look at the
// database for a few dozen costs hardly more than one for each. Holds 256 KB at most.
import { isRefusal } from '#lib/errors.ts';
import { toBuffer } from '#server/store/bodies/blobs.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { type Column, readColumns } from '#server/store/read-columns.ts';
import { folderOf, type Maildrop } from './maildrop.ts';

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
      const known = ahead.get(number);
      if (known) return known;
      if (!isInOrder) {
        ahead.clear();
        return readOne(maildrop, number);
      }
      ahead = await readSome(maildrop, number);
      return ahead.get(number) ?? readOne(maildrop, number);
    },
  };
}

async function readOne(maildrop: Maildrop, number: number): Promise<Buffer | null> {
  const { mailboxId } = folderOf(maildrop, number);
  const uid = maildrop.uids[number - 1] ?? 0;
  const [message] = await readMessages(maildrop.accountId, mailboxId, [uid]);
  if (!message) return null;
  try {
    return await readBytes(message);
  } catch (error) {
    // Removed between the two reads, with its last copy.
    if (isRefusal(error, 'not-found')) return null;
    throw error;
  }
}

/** By number: those from `number` on that are small and in the same folder. */
async function readSome(maildrop: Maildrop, number: number): Promise<Map<number, Buffer>> {
  const { accountId, uids, sizes, deleted } = maildrop;
  const folder = folderOf(maildrop, number);
  const wanted = new Map<number, number>();
  let bytes = 0;
  for (let at = number - 1; at < uids.length && wanted.size < mostAhead; at++) {
    if (folderOf(maildrop, at + 1) !== folder) break;
    bytes += sizes[at] ?? 0;
    if (bytes > mostAheadBytes) break;
    if (!deleted[at]) wanted.set(uids[at] ?? 0, at + 1);
  }
  const found = new Map<number, Buffer>();
  if (wanted.size === 0) return found;
  for (const row of await readColumns(accountId, folder.mailboxId, [...wanted.keys()], columns)) {
    if (!row.smallBody) continue;
    const body = toBuffer(row.smallBody);
    const bytes = row.prefix.length > 0 ? Buffer.concat([row.prefix, body]) : body;
    // A damaged one is readOne's affair.
    if (bytes.length === Number(row.sizeBytes)) found.set(wanted.get(row.uid) ?? 0, bytes);
  }
  return found;
}
