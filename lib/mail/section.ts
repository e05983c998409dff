// IMAP body sections (RFC 3501 §6.4.5): which bytes of a message `BODY[...]` means.
import { scanFields } from './header.ts';
import { findPart, type Part } from './mime.ts';
import { decodeTransfer, isKnownEncoding } from './transfer.ts';

export { shiftPart } from './mime.ts';

/** `BODY[1.2.HEADER.FIELDS (To)]` is path [1, 2], kind 'FIELDS', fields ['To']; `BODY[]` is path [], kind 'ALL'. */
export type Section = {
  path: number[];
  kind: 'ALL' | 'HEADER' | 'TEXT' | 'MIME' | 'FIELDS' | 'FIELDS.NOT';
  fields: string[];
};

/**
 * The bytes of a section; null when the message has no such part. `bytes` is the whole message that the
 * offsets of `root` count in. Header sections end with their empty line.
 */
export function readSection(bytes: Buffer, root: Part, section: Section): Buffer | null {
  const { path, kind } = section;
  if (path.length === 0) {
    if (kind === 'ALL') return bytes.subarray(root.headerStart, root.bodyEnd);
    return kind === 'MIME' ? null : readMessageSection(bytes, root, section);
  }
  const part = findPart(root, path.join('.'));
  if (!part) return null;
  if (kind === 'ALL') return readBody(bytes, part);
  // The header of the part itself, also when it is a message/rfc822 (hers is HEADER).
  if (kind === 'MIME') return bytes.subarray(part.headerStart, part.headerEnd);
  // HEADER and TEXT exist only inside message/rfc822 parts.
  return part.message ? readMessageSection(bytes, part.message.part, section) : null;
}

/**
 * The bytes of a part with its transfer encoding undone (RFC 3516 §4.2); null when the message has no such part.
 * Multiparts and messages have no encoding of their own (RFC 2045 §6.4), so they are given as they are.
 */
export function readDecoded(
  bytes: Buffer,
  root: Part,
  path: number[],
): Buffer | null | 'unknown-encoding' {
  const part = findPart(root, path.join('.'));
  if (!part) return null;
  const body = readBody(bytes, part);
  if (part.type === 'multipart' || part.message) return body;
  return isKnownEncoding(part.encoding) ? decodeTransfer(body, part.encoding) : 'unknown-encoding';
}

function readMessageSection(bytes: Buffer, message: Part, section: Section): Buffer {
  if (section.kind === 'TEXT') return readBody(bytes, message);
  const header = bytes.subarray(message.headerStart, message.headerEnd);
  if (section.kind === 'HEADER') return header;
  return pickFields(header, section.fields, section.kind === 'FIELDS.NOT');
}

function readBody(bytes: Buffer, part: Part): Buffer {
  return bytes.subarray(part.bodyStart, part.bodyEnd);
}

const EMPTY_LINE = Buffer.from('\r\n');

/**
 * The fields of a header block that are named (or are not, with `isInverted`), byte by byte in their order,
 * and the empty line behind them.
 */
export function pickFields(header: Buffer, names: string[], isInverted: boolean): Buffer {
  const keys = new Set(names.map((name) => name.toLowerCase()));
  const lengths = new Set(names.map((name) => name.length));
  /** Starts and ends, by turns; fields that follow each other are one. */
  const ranges: number[] = [];
  let isOpenEnded = false;
  let size = EMPTY_LINE.length;
  scanFields(header, (start, nameEnd, _valueStart, end) => {
    // Most names are too long or too short to be looked at.
    const isNamed =
      lengths.has(nameEnd - start) &&
      keys.has(header.toString('latin1', start, nameEnd).toLowerCase());
    if (isNamed === isInverted) return;
    if (ranges.at(-1) === start) ranges[ranges.length - 1] = end;
    else ranges.push(start, end);
    size += end - start;
    // Only the last one can be without its line's end.
    isOpenEnded = header[end - 1] !== 0x0a;
    return;
  });
  if (isOpenEnded) size += EMPTY_LINE.length;
  const picked = Buffer.allocUnsafe(size);
  let at = 0;
  for (let index = 0; index < ranges.length; index += 2) {
    at += header.copy(picked, at, ranges[index], ranges[index + 1]);
  }
  if (isOpenEnded) at += EMPTY_LINE.copy(picked, at);
  EMPTY_LINE.copy(picked, at);
  return picked;
}
