// Quoting of From_ lines in mbox files. mboxrd puts one ">" before every line of ">…>From " and takes one away;
// mboxo quotes only "From " itself, which reads the same way. Other bytes stay.
const LF = 0x0a;
const GT = 0x3e;
const from = Buffer.from('From ');
/** Lines with more of them are nobody's quoting; bounds what is held back between two chunks. */
const maxMarks = 200;
const oneMark = Buffer.from('>');

/** The message with its From_ lines quoted. */
export function quoteFrom(bytes: Buffer): Buffer {
  const places = findFromLines(bytes, 0);
  if (places.length === 0) return bytes;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const place of places) {
    pieces.push(bytes.subarray(at, place), oneMark);
    at = place;
  }
  return Buffer.concat([...pieces, bytes.subarray(at)]);
}

/** True where a line "From " stands unquoted. */
export function hasBareFrom(bytes: Buffer): boolean {
  return findFromLines(bytes, 0).some((place) => bytes[place] !== GT);
}

/** Offsets of lines of at least `least` times ">", then "From ". */
function findFromLines(bytes: Buffer, least: number): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) {
    let start = at;
    while (start > 0 && bytes[start - 1] === GT && at - start < maxMarks) start--;
    const isLine = start === 0 || bytes[start - 1] === LF;
    if (isLine && at - start >= least && at - start < maxMarks) places.push(start);
  }
  return places;
}

/**
 * Takes the quoting away again, whatever the chunks. The first one begins a line. `isOnce` as mboxo means it:
 * what had a ">" of its own has not been quoted.
 */
export async function* unquoteFrom(
  chunks: AsyncIterable<Buffer>,
  isOnce = false,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  let isAtLineStart = true;
  for await (const chunk of chunks) {
    const bytes = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
    const tail = findOpenTail(bytes, isAtLineStart);
    const ready = bytes.subarray(0, tail);
    held = Buffer.from(bytes.subarray(tail));
    if (ready.length === 0) continue;
    yield unquote(ready, isAtLineStart, isOnce);
    isAtLineStart = ready[ready.length - 1] === LF;
  }
  if (held.length > 0) yield unquote(held, isAtLineStart, isOnce);
}

/** Where a last line begins that may still become a quoted From_ line; the length where there is none. */
function findOpenTail(bytes: Buffer, isAtLineStart: boolean): number {
  const newline = bytes.lastIndexOf(LF);
  if (newline < 0 && !isAtLineStart) return bytes.length;
  const start = newline + 1;
  if (bytes.length - start > maxMarks + from.length) return bytes.length;
  return /^>*(?:F(?:r(?:o(?:m)?)?)?)?$/.test(bytes.toString('latin1', start))
    ? start
    : bytes.length;
}

function unquote(bytes: Buffer, isAtLineStart: boolean, isOnce: boolean): Buffer {
  const places = findFromLines(bytes, 1).filter(
    (place) => (place > 0 || isAtLineStart) && !(isOnce && bytes[place + 1] === GT),
  );
  if (places.length === 0) return bytes;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const place of places) {
    pieces.push(bytes.subarray(at, place));
    at = place + 1;
  }
  return Buffer.concat([...pieces, bytes.subarray(at)]);
}
