// Line ends between files and the store. Stores on Unix keep messages with LF, IMAP wants CRLF (RFC 3501 §4.3).
// The first line end of a message decides: LF, and every bare LF becomes CRLF; CRLF, and every byte stays.

const LF = 0x0a;
const CR = 0x0d;
const crlf = Buffer.from('\r\n');

/** What to do with line ends: find out by the first one, or leave all bytes alone. */
export type NewlineMode = 'detect' | 'exact';

/** The chunks of a message as the store wants them. */
export async function* restoreNewlines(
  chunks: AsyncIterable<Buffer>,
  mode: NewlineMode,
): AsyncGenerator<Buffer> {
  let isLf = mode === 'exact' ? false : null;
  let isAfterCr = false;
  for await (const chunk of chunks) {
    if (isLf === null) {
      const first = chunk.indexOf(LF);
      if (first >= 0) isLf = first > 0 ? chunk[first - 1] !== CR : !isAfterCr;
    }
    if (chunk.length > 0) {
      const wasAfterCr = isAfterCr;
      isAfterCr = chunk[chunk.length - 1] === CR;
      yield isLf ? addCarriageReturns(chunk, wasAfterCr) : chunk;
    }
  }
}

/** Every bare LF as CRLF, every other byte as it is. */
function addCarriageReturns(bytes: Buffer, isAfterCr: boolean): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (at > 0 ? bytes[at - 1] === CR : isAfterCr) continue;
    pieces.push(bytes.subarray(from, at), crlf);
    from = at + 1;
  }
  if (from === 0) return bytes;
  pieces.push(bytes.subarray(from));
  return Buffer.concat(pieces);
}

/**
 * The message with LF for CRLF, where `restoreNewlines` makes the same bytes of that again; else null: a bare
 * LF would gain a CR, and what has a CR before its CRLF would look like CRLF.
 */
export function dropCarriageReturns(bytes: Buffer): Buffer | null {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (at === 0 || bytes[at - 1] !== CR || (at > 1 && bytes[at - 2] === CR)) return null;
    pieces.push(bytes.subarray(from, at - 1));
    from = at;
  }
  if (from === 0) return bytes;
  pieces.push(bytes.subarray(from));
  return Buffer.concat(pieces);
}
