// A pack: many objects in one file, appended and never changed, with an index beside it.
//
//   <name>.pack    for each object: sha-256 of its bytes (32), length of what follows (4, little endian),
//                  one byte for how it is stored (0 as it is, 1 zstd), and that
//   <name>.index   "DREYIDX1", number of objects (4), for each: sha-256, offset (4), length (4) of the stored
//                  form; the sha-256 of all that
//
// Invariant: a pack with an index is whole and durable. One without was cut short; since each object
// carries its hash, what is whole in it still counts, and a lost index can be made again.
import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { writeWhole } from './durable-file.ts';

const magic = 'DREYIDX1';
const entryBytes = 40;
export const frameBytes = 36;
/** What is larger is compressed in a thread of its own. */
const asideBytes = 128 * 1024;
const bufferBytes = 1024 * 1024;
/** Longest object there is: a body of 1 GB (imports). What says to be longer is damaged, or made to fill the memory. */
const maxObjectBytes = 0x4000_0000;

export type PackEntry = { hash: Buffer; offset: number; length: number };

export function hashOf(bytes: Buffer | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** The stored form of an object: one byte for the way, then its bytes, compressed where that helps. */
export async function packBytes(bytes: Buffer): Promise<Buffer> {
  const squeezed =
    bytes.length > asideBytes ? await promisify(zstdCompress)(bytes) : zstdCompressSync(bytes);
  const isSmaller = squeezed.length < bytes.length;
  return Buffer.concat([Buffer.from([isSmaller ? 1 : 0]), isSmaller ? squeezed : bytes]);
}

/** The object again, or null where this is not the stored form of the one with that hash. */
export async function unpackBytes(stored: Buffer, hash: Buffer): Promise<Buffer | null> {
  try {
    const rest = stored.subarray(1);
    const bytes = stored[0] === 1 ? await decompress(rest) : rest;
    return hashOf(bytes).equals(hash) ? bytes : null;
  } catch {
    return null;
  }
}

function decompress(bytes: Buffer): Buffer | Promise<Buffer> {
  const limit = { maxOutputLength: maxObjectBytes };
  return bytes.length > asideBytes
    ? promisify(zstdDecompress)(bytes, limit)
    : zstdDecompressSync(bytes, limit);
}

export type PackWriter = {
  /** Bytes in the pack so far. */
  sizeBytes(): number;
  /** Adds a stored form; resolves with its offset. */
  append(hash: Buffer, stored: Buffer): Promise<number>;
  /** Makes pack and index durable. */
  seal(): Promise<void>;
  /** Closes the file as it is. */
  abandon(): Promise<void>;
};

/** A new pack; `path` without its ending. */
export async function createPack(path: string): Promise<PackWriter> {
  const file = await open(`${path}.pack`, 'wx', 0o600);
  const entries: PackEntry[] = [];
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let sizeBytes = 0;
  const flush = async () => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await file.appendFile(bytes);
  };
  return {
    sizeBytes: () => sizeBytes,
    append: async (hash, stored) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(stored.length);
      const offset = sizeBytes + frameBytes;
      entries.push({ hash, offset, length: stored.length });
      waiting.push(hash, length, stored);
      waitingBytes += frameBytes + stored.length;
      sizeBytes += frameBytes + stored.length;
      if (waitingBytes >= bufferBytes) await flush();
      return offset;
    },
    seal: async () => {
      try {
        await flush();
        await file.sync();
      } finally {
        await file.close();
      }
      await writeIndex(path, entries);
    },
    abandon: () => file.close(),
  };
}

/** Writes the index of a pack, durably; the pack's own bytes must be. */
export async function writeIndex(path: string, entries: PackEntry[]): Promise<void> {
  const bytes = Buffer.alloc(magic.length + 4 + entries.length * entryBytes);
  bytes.write(magic, 0, 'latin1');
  bytes.writeUInt32LE(entries.length, magic.length);
  let at = magic.length + 4;
  for (const { hash, offset, length } of entries) {
    hash.copy(bytes, at);
    bytes.writeUInt32LE(offset, at + 32);
    bytes.writeUInt32LE(length, at + 36);
    at += entryBytes;
  }
  await writeWhole(`${path}.index`, Buffer.concat([bytes, hashOf(bytes)]));
}

/** The entries of an index, or null where it is damaged. Throws where there is none. */
export async function readIndex(path: string): Promise<PackEntry[] | null> {
  const all = await readFile(`${path}.index`);
  const bytes = all.subarray(0, -32);
  const isWhole = all.length >= magic.length + 36 && hashOf(bytes).equals(all.subarray(-32));
  if (!isWhole || bytes.toString('latin1', 0, magic.length) !== magic) return null;
  const count = bytes.readUInt32LE(magic.length);
  const start = magic.length + 4;
  if (bytes.length !== start + count * entryBytes) return null;
  const entries = Array.from({ length: count }, (_, index) => {
    const at = start + index * entryBytes;
    return {
      hash: bytes.subarray(at, at + 32),
      offset: bytes.readUInt32LE(at + 32),
      length: bytes.readUInt32LE(at + 36),
    };
  });
  return entries.every(({ length }) => length <= maxObjectBytes) ? entries : null;
}

/** What is whole in a pack, read from its own bytes; for one whose index is missing or damaged. */
export async function scanPack(path: string): Promise<PackEntry[]> {
  const entries: PackEntry[] = [];
  const file = await open(`${path}.pack`, 'r');
  try {
    for (let at = 0; ; ) {
      const frame = await readExactly(file, at, frameBytes);
      const length = frame?.readUInt32LE(32) ?? 0;
      if (!frame || length === 0 || length > maxObjectBytes) return entries;
      const stored = await readExactly(file, at + frameBytes, length);
      if (!stored) return entries;
      const hash = Buffer.from(frame.subarray(0, 32));
      // One that is damaged in itself does not hide those behind it.
      if (await unpackBytes(stored, hash)) entries.push({ hash, offset: at + frameBytes, length });
      at += frameBytes + length;
    }
  } finally {
    await file.close();
  }
}

/** Makes a pack that was cut short a whole one: durable, with an index of what is whole in it. */
export async function mendPack(path: string, entries: PackEntry[]): Promise<void> {
  const file = await open(`${path}.pack`, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await writeIndex(path, entries);
}

/** `length` bytes from `offset`, or null where the file ends before. */
export async function readExactly(
  file: FileHandle,
  offset: number,
  length: number,
): Promise<Buffer | null> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  return bytesRead === length ? bytes : null;
}
