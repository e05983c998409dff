// A message for a server without 8BITMIME (RFC 6152 §3): each part that has octets over 127 is encoded anew, however deep
// it lies, also in a message within the message, and what holds it says so. Parts below multipart/signed are not
// touched: RFC 1847 §2.1 wants them in seven bits from the start, and any change makes the signature false.
// Fields with octets over 127 (RFC 6532, or wrong) stay as they are; SMTPUTF8 is decided elsewhere.
import { isAscii } from 'node:buffer';
import { type Part, parseMime } from '#lib/mail/mime.ts';
import { applyEdits, declareMime, type Edit, hasField, setField } from './edit.ts';
import { encodePart } from './encode.ts';

/** Why a message cannot be sent in seven bits. */
export class Unconvertible extends Error {}

type Work = { message: Buffer; edits: Edit[] };

/** The message with its bodies in seven bits. Throws Unconvertible. */
export async function toSevenBit(message: Buffer): Promise<Buffer> {
  const work: Work = { message, edits: [] };
  await convertMessage(work, parseMime(message));
  return applyEdits(message, work.edits);
}

/** `root`: of the whole message or of one within; its header is where MIME is declared. */
async function convertMessage(work: Work, root: Part): Promise<void> {
  const before = work.edits.length;
  await convertPart(work, root);
  if (work.edits.length > before) work.edits.push(...declareMime(work.message, root));
}

async function convertPart(work: Work, part: Part): Promise<void> {
  const { message, edits } = work;
  const { type, subtype, bodyStart, bodyEnd } = part;
  if (isAscii(message.subarray(bodyStart, bodyEnd))) return relabel(work, part);
  if (type === 'multipart') {
    if (subtype === 'signed') throw new Unconvertible('a signed part has 8-bit octets');
    if (part.children.length === 0) throw new Unconvertible('a multipart cannot be taken apart');
    for (const child of part.children) await convertPart(work, child);
    for (const [start, end] of listGaps(part)) edits.push(...blankGap(message, start, end));
    return relabel(work, part);
  }
  // RFC 6532 §3.7: message/global may be encoded, RFC 2046 §5.2.1: message/rfc822 may not.
  if (part.message && subtype !== 'global') {
    await convertMessage(work, part.message.part);
    return relabel(work, part);
  }
  if (type === 'message' && !subtype.startsWith('global')) {
    throw new Unconvertible(`message/${subtype} has 8-bit octets`);
  }
  const encoded = await encodePart(message, part);
  if (!encoded) throw new Unconvertible('a part has an encoding that is not known');
  edits.push({ start: bodyStart, end: bodyEnd, bytes: encoded.bytes });
  edits.push(setField(message, part, 'Content-Transfer-Encoding', encoded.encoding));
  if (type === 'text' && !hasField(message, part, 'Content-Type')) {
    edits.push(
      setField(message, part, 'Content-Type', `text/plain; charset=${guessCharset(work, part)}`),
    );
  }
}

/** RFC 2045 §6.4: what has seven bits only may not say that it has eight. */
function relabel({ message, edits }: Work, part: Part): void {
  if (part.encoding !== '8bit' && part.encoding !== 'binary') return;
  edits.push(setField(message, part, 'Content-Transfer-Encoding', '7bit'));
}

/** RFC 1428 §3: text that does not say what it is. */
function guessCharset({ message }: Work, { bodyStart, bodyEnd }: Part): string {
  const text = new TextDecoder('utf-8', { fatal: true });
  try {
    text.decode(message.subarray(bodyStart, bodyEnd));
    return 'utf-8';
  } catch {
    return 'unknown-8bit';
  }
}

/** What stands before, between and behind the parts of a multipart. */
export function listGaps(part: Part): [number, number][] {
  const ends = [part.bodyStart, ...part.children.map(({ bodyEnd }) => bodyEnd)];
  const starts = [...part.children.map(({ headerStart }) => headerStart), part.bodyEnd];
  return ends.map((end, index): [number, number] => [end, starts[index] as number]);
}

/** Nobody reads it (RFC 2046 §5.1.1): octets over 127 become question marks, but a boundary is one octet by octet. */
function blankGap(message: Buffer, start: number, end: number): Edit[] {
  const gap = message.subarray(start, end);
  if (isAscii(gap)) return [];
  const bytes = Buffer.from(gap);
  let isBoundary = start === 0 || message[start - 1] === 0x0a ? bytes[0] === 0x2d : false;
  for (const [at, byte] of bytes.entries()) {
    if (byte === 0x0a) isBoundary = bytes[at + 1] === 0x2d && bytes[at + 2] === 0x2d;
    if (byte < 0x80) continue;
    if (isBoundary) throw new Unconvertible('a boundary has 8-bit octets');
    bytes[at] = 0x3f;
  }
  return [{ start, end, bytes }];
}
