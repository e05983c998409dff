// One message of an mbox file, opened: its state taken from the fields of the file, its bytes without them and
// without quoting, its date from the From_ line.
import type { FileHandle } from 'node:fs/promises';
import { parseDate } from '#lib/mail/date.ts';
import { findHeaderEnd } from '#lib/mail/header.ts';
import { clampDate, findArrivalDate, joinChunks, readRange } from './chunks.ts';
import { dropFields, readFields, readMboxFacts, readOwnBlock } from './mbox-fields.ts';
import { hasBareFrom, unquoteFrom } from './mbox-quote.ts';
import type { MboxSpan } from './mbox-scan.ts';
import { restoreNewlines } from './newlines.ts';
import type { Reading } from './source.ts';

/** How a file quotes; "detect" is mboxrd, except for counted messages that are visibly not quoted. */
export type Quoting = 'detect' | 'mboxrd' | 'mboxo' | 'mboxcl' | 'mboxcl2';

/** What is looked at for the header; a larger one keeps its fields. */
const firstBytes = 1024 * 1024;
const quarterMs = 15 * 60_000;
const dayMs = 24 * 3_600_000;

/** Opens the message at `span` of a file that stays open. Null for what is no message of the user's. */
export async function openMboxMessage(
  file: FileHandle,
  span: MboxSpan,
  quoting: Quoting,
  fallbackDate: Date,
): Promise<Reading | null> {
  const { start, end } = span;
  const length = Math.min(firstBytes, end - start);
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, start);
  const first = buffer.subarray(0, bytesRead);
  const rest = start + length < end ? readRange(file, start + length, end) : null;
  const own = readOwnBlock(first);
  if (own) {
    const { flags, keywords, uid, popUid, internalDate, sizeBytes, isExact } = own.facts;
    const unquoted = unquoteFrom(joinChunks(first.subarray(own.end), rest));
    const chunks = cutTo(restoreNewlines(unquoted, isExact ? 'exact' : 'detect'), sizeBytes);
    return { flags, keywords, uid, popUid, internalDate, chunks, close };
  }
  const headerEnd = findHeaderEnd(first, 0, first.length);
  const header = first.subarray(0, headerEnd);
  const fields = readFields(header);
  const facts = readMboxFacts(fields, header);
  if (facts.isInternal || facts.isExpunged) return null;
  const body = joinChunks(first.subarray(headerEnd), rest);
  const isPlain =
    quoting === 'mboxcl2' ||
    (quoting === 'detect' && span.isCounted && hasBareFrom(first.subarray(headerEnd)));
  const unquoted = isPlain ? body : unquoteFrom(body, quoting === 'mboxo');
  return {
    flags: facts.flags,
    keywords: facts.keywords,
    uid: facts.uid,
    popUid: null,
    internalDate: clampDate(
      readFromDate(span.fromLine, findArrivalDate(header)) ??
        findArrivalDate(header) ??
        fallbackDate,
    ),
    chunks: restoreNewlines(joinChunks(dropFields(header, fields), unquoted), 'detect'),
    close,
  };
}

/** The file stays open for the next message. */
async function close(): Promise<void> {}

async function* cutTo(chunks: AsyncIterable<Buffer>, sizeBytes: number): AsyncGenerator<Buffer> {
  let left = sizeBytes;
  for await (const chunk of chunks) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}

/**
 * The moment of a From_ line. RFC 4155 wants UTC, most programs write local time, and both without a zone:
 * what the header says of the arrival tells which it is, since both were written within some minutes.
 */
export function readFromDate(fromLine: string, arrival: Date | null): Date | null {
  const text = /^.*\b((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s.*)$/.exec(fromLine)?.[1];
  const date = text ? parseDate(text) : null;
  if (!text || !date) return null;
  const hasZone = /\d:\d\d(?::\d\d)?\b.*(?:[+-]\d{4}\b|\b[A-Z]{3,4}\b)/.test(text);
  if (hasZone || !arrival) return date;
  const apartMs = date.getTime() - arrival.getTime();
  if (Math.abs(apartMs) > dayMs) return date;
  return new Date(date.getTime() - Math.round(apartMs / quarterMs) * quarterMs);
}
