// A roll as bytes and back: its columns one behind the other, as they lie in memory, so that reading one is no
// loop. Bytes of another version, another byte order, or that are not whole are no roll. Pure.
import { crc32 } from 'node:zlib';
import { Roll } from './roll.ts';
import { shareUids } from './uid-list.ts';

type Words = { words: string[]; uses: number[] };

/** Says version and, by being read as it was written, the byte order. */
const mark = 0x44_52_4c_02;
/** Numbers before the columns: mark, checksum of all behind it, and what `readHead` names. */
const headNumbers = 8;
const headBytes = 4 * headNumbers;
const checkedFrom = 8;

/** The bytes of a roll; its MODSEQ is not among them. */
export function packRoll(roll: Roll): Uint8Array {
  const { uids, modseqs, flags, wordIds, words } = roll.columns;
  const { unseen, uses } = roll.counts;
  const text = Buffer.from(words.length > 1 ? JSON.stringify({ words, uses }) : '');
  const size = sizeOf(uids.length, wordIds.length, text.length);
  const bytes = new Uint8Array(size);
  const head = new Uint32Array(bytes.buffer, 0, headNumbers);
  const unseenFrom = Math.max(roll.firstUnseen, 0);
  head.set([mark, 0, uids.length, wordIds.length, text.length, unseen, unseenFrom]);
  let at = headBytes;
  for (const column of [modseqs, uids, wordIds, flags, text]) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  head[1] = crc32(bytes.subarray(checkedFrom));
  return bytes;
}

/** The roll of pieces that are the bytes one behind the other, at `modseq`; null where they are none. */
export function unpackRoll(modseq: number, pieces: readonly Uint8Array[]): Roll | null {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length < headBytes) return null;
  // Memory of its own, and aligned as columns of wide numbers must be.
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  const { buffer } = bytes;
  const head = new Uint32Array(buffer, 0, headNumbers);
  const [found, sum, count, wordCount, textLength, unseen, unseenFrom] =
    head as unknown as number[];
  if (found !== mark || length !== sizeOf(count!, wordCount!, textLength!)) return null;
  if (sum !== crc32(bytes.subarray(checkedFrom))) return null;
  const modseqs = new Float64Array(buffer, headBytes, count);
  const uids = new Uint32Array(buffer, headBytes + 8 * count!, count);
  const wordIds = new Uint32Array(buffer, headBytes + 12 * count!, wordCount);
  const flagsAt = headBytes + 12 * count! + 4 * wordCount!;
  const flags = new Uint8Array(buffer, flagsAt, count);
  const text = Buffer.from(buffer, flagsAt + count!, textLength).toString();
  const { words, uses }: Words = text === '' ? { words: [''], uses: [0] } : JSON.parse(text);
  const columns = { uids: shareUids(uids), modseqs, flags, wordIds, words };
  return new Roll(modseq, columns, { unseen: unseen!, unseenFrom: unseenFrom!, uses });
}

function sizeOf(count: number, wordCount: number, textLength: number): number {
  return headBytes + 13 * count + 4 * wordCount + textLength;
}
