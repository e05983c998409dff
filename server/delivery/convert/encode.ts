// The content of a part in seven bits and short lines (RFC 2045 §6): quoted-printable where a person could still read
// it, base64 for everything else. In slices with turns for others between them.
import { isAscii } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Part } from '#lib/mail/mime.ts';
import { decodeTransfer, encodeBase64, encodeQuotedPrintable } from '#lib/mail/transfer.ts';

export type Encoded = { encoding: 'quoted-printable' | 'base64'; bytes: Buffer };

/** A multiple of what fits in a line of base64. */
const sliceBytes = 57 * 1024;
const CR = 0x0d;
const LF = 0x0a;
const crlf = Buffer.from('\r\n');

/** Encodings whose content is known. */
const plain = new Set(['', '7bit', '8bit', 'binary']);
const coded = new Set(['base64', 'quoted-printable']);

/** The content anew in seven bits; null where its encoding is not known. */
export async function encodePart(message: Buffer, part: Part): Promise<Encoded | null> {
  const raw = message.subarray(part.bodyStart, part.bodyEnd);
  const { encoding } = part;
  if (!plain.has(encoding) && !coded.has(encoding)) return null;
  const content = coded.has(encoding) ? decodeTransfer(raw, encoding) : raw;
  const isReadable = part.type === 'text' && isMostlyAscii(content);
  // What was base64 stays so: nobody reads it, and it may hold other line ends.
  if (isReadable && encoding !== 'base64') {
    return { encoding: 'quoted-printable', bytes: await encodeLines(content) };
  }
  const bytes = await encodeOctets(content);
  // The last line end of a part belongs to the boundary behind it (RFC 2046 §5.1.1).
  const isEnded = raw.at(-1) === LF;
  return { encoding: 'base64', bytes: isEnded ? bytes : trimEnd(bytes) };
}

/** Quoted-printable needs three octets for one, base64 four for three. */
function isMostlyAscii(content: Buffer): boolean {
  if (isAscii(content)) return true;
  let high = 0;
  for (const byte of content) if (byte > 0x7f) high++;
  return high * 6 <= content.length;
}

async function encodeOctets(content: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let start = 0; start < content.length; start += sliceBytes) {
    if (start > 0) await nextTurn();
    pieces.push(encodeBase64(content.subarray(start, start + sliceBytes)));
  }
  return Buffer.concat(pieces);
}

async function encodeLines(content: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let start = 0; start < content.length; ) {
    if (start > 0) await nextTurn();
    const end = findSliceEnd(content, start);
    pieces.push(encodeQuotedPrintable(content.subarray(start, end)));
    // Inside a line: a soft break, so that no line gets longer than 76.
    if (end < content.length && content[end - 1] !== LF) pieces.push(Buffer.from('=\r\n'));
    start = end;
  }
  return Buffer.concat(pieces);
}

/** After a line end where there is one; never between CR and LF. */
function findSliceEnd(content: Buffer, start: number): number {
  const limit = start + sliceBytes;
  if (limit >= content.length) return content.length;
  const newline = content.lastIndexOf(LF, limit - 1);
  if (newline >= start) return newline + 1;
  return content[limit - 1] === CR ? limit - 1 : limit;
}

function trimEnd(bytes: Buffer): Buffer {
  return bytes.subarray(-2).equals(crlf) ? bytes.subarray(0, -2) : bytes;
}
