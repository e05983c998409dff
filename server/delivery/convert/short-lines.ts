// Lines of more than 998 octets (RFC 5321 §4.5.3.1.6): many servers refuse them, others cut them. A part that has some
// is encoded anew, so that its content arrives as it was written; fields are folded. What is below multipart/signed
// stays, for any change makes that signature false; so does a part whose encoding is not known.
import { type Part, parseMime } from '#lib/mail/mime.ts';
import { applyEdits, declareMime, type Edit, setField } from './edit.ts';
import { encodePart } from './encode.ts';
import { breakLines, hasLongLine } from './lines.ts';
import { listGaps } from './seven-bit.ts';

/** The message with short lines, as far as that can be done; the same buffer where nothing is to be done. */
export async function shortenLines(message: Buffer): Promise<Buffer> {
  if (!hasLongLine(message)) return message;
  const folded = applyEdits(message, listFolds(message, parseMime(message)));
  if (!hasLongLine(folded)) return folded;
  const edits: Edit[] = [];
  await encodeMessage(folded, parseMime(folded), edits);
  return applyEdits(folded, edits);
}

/** Fields, and what nobody reads between parts. */
function listFolds(message: Buffer, part: Part): Edit[] {
  const gaps = part.type === 'multipart' && !isSigned(part) ? listGaps(part) : [];
  const ranges: [number, number][] = [[part.headerStart, part.headerEnd], ...gaps];
  const edits = ranges.flatMap(([start, end]): Edit[] => {
    const bytes = message.subarray(start, end);
    return hasLongLine(bytes) ? [{ start, end, bytes: breakLines(bytes) }] : [];
  });
  const below = part.message && !isEncodable(part) ? [part.message.part] : part.children;
  return isSigned(part) ? edits : [...edits, ...below.flatMap((one) => listFolds(message, one))];
}

async function encodeMessage(message: Buffer, root: Part, edits: Edit[]): Promise<void> {
  const before = edits.length;
  await encodeLong(message, root, edits);
  if (edits.length > before) edits.push(...declareMime(message, root));
}

async function encodeLong(message: Buffer, part: Part, edits: Edit[]): Promise<void> {
  const { bodyStart, bodyEnd } = part;
  if (isSigned(part) || !hasLongLine(message.subarray(bodyStart, bodyEnd))) return;
  for (const child of part.children) await encodeLong(message, child, edits);
  if (part.message && !isEncodable(part)) return encodeMessage(message, part.message.part, edits);
  if (part.type === 'multipart' || !isEncodable(part)) return;
  const encoded = await encodePart(message, part);
  if (!encoded) return;
  edits.push({ start: bodyStart, end: bodyEnd, bytes: encoded.bytes });
  edits.push(setField(message, part, 'Content-Transfer-Encoding', encoded.encoding));
}

function isSigned({ type, subtype }: Part): boolean {
  return type === 'multipart' && subtype === 'signed';
}

/** RFC 2046 §5.2: of messages only those of RFC 6532 may be encoded. */
function isEncodable({ type, subtype }: Part): boolean {
  return type !== 'message' || subtype.startsWith('global');
}
