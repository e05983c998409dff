// How many octets RETR sends of the messages that are not sent as they are stored: without a last line end, without a
// blank line, with line feeds alone, with UTF-8 in the header. Their rows have a bit of it (server/store/flag-bits.ts), so
// that only they are ever read for this, once a process.
import { isRefusal } from '#lib/errors.ts';
import { reshapedBit } from '#server/store/flag-bits.ts';
import type { Roll } from '#server/store/journal.ts';
import {
  readBytes,
  readBytesTogether,
  readMessages,
  type StoredMessage,
} from '#server/store/read.ts';
import { nextTurn } from '#server/store/turn.ts';
import { countSentOctets, shapeMessage } from './shape.ts';
import type { Place, Sizes } from './size-memory.ts';

/** Octets for clients that have said UTF8, and for all others */
type Counted = { utf8: number; ascii: number };

const rowsPerRead = 100;
const mostRemembered = 200_000;
const remembered = new Map<string, Counted>();

/** `sizes` as they are sent; the same list where nothing differs from what is stored. */
export async function correctSizes(
  place: Place,
  { uids: rollUids, flags }: Roll,
  { uids, sizes }: Sizes,
  isUtf8: boolean,
): Promise<Float64Array> {
  const reshaped = new Set<number>();
  for (let at = 0; at < flags.length; at++) {
    if ((flags[at]! & reshapedBit) !== 0) reshaped.add(rollUids[at]!);
  }
  if (reshaped.size === 0) return sizes;
  await countNew(place, [...reshaped]);
  return sizes.map((size, at) => {
    const uid = uids[at] ?? 0;
    if (!reshaped.has(uid)) return size;
    // Where it could not be read RETR has nothing to send either.
    return remembered.get(keyOf(place, uid))?.[isUtf8 ? 'utf8' : 'ascii'] ?? size;
  });
}

function keyOf({ mailboxId, uidValidity }: Place, uid: number): string {
  return `${mailboxId} ${uidValidity} ${uid}`;
}

async function countNew(place: Place, uids: number[]): Promise<void> {
  const missing = uids.filter((uid) => !remembered.has(keyOf(place, uid)));
  for (let start = 0; start < missing.length; start += rowsPerRead) {
    const part = missing.slice(start, start + rowsPerRead);
    const messages = await readMessages(place.accountId, place.mailboxId, part);
    const together = await readBytesTogether(messages);
    for (const message of messages) {
      const bytes = together.get(message.uid) ?? (await readOne(message));
      if (bytes) remember(keyOf(place, message.uid), bytes);
      await nextTurn();
    }
  }
}

async function readOne(message: StoredMessage): Promise<Buffer | null> {
  try {
    return await readBytes(message);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** The oldest go first. */
function remember(key: string, bytes: Buffer): void {
  remembered.set(key, {
    utf8: countSentOctets(shapeMessage(bytes, true)),
    ascii: countSentOctets(shapeMessage(bytes, false)),
  });
  for (const oldest of remembered.keys()) {
    if (remembered.size <= mostRemembered) break;
    remembered.delete(oldest);
  }
}
