// Changes to a message by byte ranges: everything outside of them stays as it is, octet by octet.
import { parseHeaderFields } from '#lib/mail/header.ts';
import type { Part } from '#lib/mail/mime.ts';

/** `bytes` instead of what stands from `start` to before `end`. */
export type Edit = { start: number; end: number; bytes: Buffer };

/** The message with all edits made, which do not overlap; at one place what is put in comes before what is replaced. */
export function applyEdits(message: Buffer, edits: Edit[]): Buffer {
  if (edits.length === 0) return message;
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { start, end, bytes } of edits.toSorted(
    (a, b) => a.start - b.start || a.end - b.end,
  )) {
    pieces.push(message.subarray(from, start), bytes);
    from = end;
  }
  return Buffer.concat([...pieces, message.subarray(from)]);
}

/** Writes a field of a part: in the place of the first of that name, else at the end of the header. */
export function setField(message: Buffer, part: Part, name: string, value: string): Edit {
  const { headerStart, headerEnd } = part;
  const header = message.subarray(headerStart, headerEnd);
  const bytes = Buffer.from(`${name}: ${value}\r\n`);
  const field = findKey(header, name);
  if (field) {
    return { start: headerStart + field.start, end: headerStart + field.end, bytes };
  }
  const at = headerStart + findBlankLine(header);
  // A header without an end may lack the end of its last line too.
  const isOpen = at > headerStart && message[at - 1] !== 0x0a;
  return {
    start: at,
    end: at,
    bytes: isOpen ? Buffer.concat([Buffer.from('\r\n'), bytes]) : bytes,
  };
}

/** Whether an empty line ends the header, so that a body can follow. */
export function isHeaderEnded(message: Buffer, { headerStart, headerEnd }: Part): boolean {
  return findBlankLine(message.subarray(headerStart, headerEnd)) < headerEnd - headerStart;
}

/** Whether a part has a field of that name. */
export function hasField(message: Buffer, { headerStart, headerEnd }: Part, name: string): boolean {
  return findKey(message.subarray(headerStart, headerEnd), name) !== undefined;
}

/** Whoever writes a transfer encoding has to say that it is MIME (RFC 2045 §4); `root`: of the message or of one within. */
export function declareMime(message: Buffer, root: Part): Edit[] {
  return hasField(message, root, 'MIME-Version')
    ? []
    : [setField(message, root, 'MIME-Version', '1.0')];
}

function findKey(header: Buffer, name: string) {
  return parseHeaderFields(header, new Set([name.toLowerCase()]))[0];
}

/** Where the empty line begins that ends the header; its length where there is none. */
function findBlankLine(header: Buffer): number {
  const end = header.length;
  const isBlank = (start: number) => start === 0 || header[start - 1] === 0x0a;
  if (header[end - 1] !== 0x0a) return end;
  const start = header[end - 2] === 0x0d ? end - 2 : end - 1;
  return isBlank(start) ? start : end;
}
