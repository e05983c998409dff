// Files as streams of chunks, and what the first of them tells about the date of a message.
import type { FileHandle } from 'node:fs/promises';
import { now } from '#lib/clock.ts';
import { parseDate } from '#lib/mail/date.ts';
import { findField, parseHeaderFields, splitHeader, unfold } from '#lib/mail/header.ts';
import type { RawFiles, RawPath } from './raw-path.ts';

const chunkBytes = 256 * 1024;
/** Received lines stand at the top; who has more header has his date later. */
const dateHeaderBytes = 64 * 1024;

/** Bytes `start` to `end` of an open file. */
export async function* readRange(
  file: FileHandle,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const length = Math.min(chunkBytes, end - at);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

export type OpenedFile = {
  /** The first chunk: the whole of a small file. */
  first: Buffer;
  chunks: AsyncIterable<Buffer>;
  changedAt: Date;
  close(): Promise<void>;
};

/** Opens a file of at most some size at once; larger ones are read while they are used. Throws system errors. */
export async function openChunks(files: RawFiles, path: RawPath): Promise<OpenedFile> {
  const { file, sizeBytes, changedAt } = await files.open(path);
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await file.close();
  };
  try {
    const wanted = Math.min(sizeBytes, chunkBytes);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, 0);
    const first = buffer.subarray(0, bytesRead);
    if (sizeBytes <= chunkBytes) await close();
    const rest = sizeBytes <= chunkBytes ? null : readRange(file, bytesRead, sizeBytes);
    return { first, chunks: joinChunks(first, rest), changedAt, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A chunk, and those behind it. */
export async function* joinChunks(
  first: Buffer,
  rest: AsyncIterable<Buffer> | null,
): AsyncGenerator<Buffer> {
  yield first;
  if (rest) yield* rest;
}

/** When a message arrived, by its topmost Received field, else its Date; null where neither tells. */
export function findArrivalDate(bytes: Buffer): Date | null {
  const { header } = splitHeader(bytes.subarray(0, dateHeaderBytes));
  const fields = parseHeaderFields(header);
  const received = findField(fields, 'received')?.rawValue ?? '';
  const semicolon = received.lastIndexOf(';');
  const arrived = semicolon < 0 ? null : parseDate(unfold(received.slice(semicolon + 1)));
  return arrived ?? parseDate(unfold(findField(fields, 'date')?.rawValue ?? ''));
}

const earliest = Date.UTC(1900, 0, 1);
const latest = Date.UTC(9999, 11, 30);

/** A date that IMAP can tell (RFC 3501 §9: four digits of year); now for one that it cannot. */
export function clampDate(date: Date): Date {
  const time = date.getTime();
  return time >= earliest && time <= latest ? date : now();
}
