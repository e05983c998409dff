// The header block of a message or part (RFC 5322 §2.2): found, read, cut and added to by byte offsets.
// Values stay raw (latin1: one character a byte, still folded) until somebody asks for their text.
import { guessText } from './charset.ts';
import { decodeWords } from './words.ts';

export const MAX_HEADER_BYTES = 10 * 1024 * 1024;
const MAX_FIELDS = 50_000;
const MAX_READ_TEXT = 64 * 1024;

/** One field: name as written, `key` in lower case, raw value, byte range in the header with its newline. */
export type HeaderField = {
  name: string;
  key: string;
  rawValue: string;
  start: number;
  end: number;
};

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts a message in two: the header with the empty line that ends it, and where the body starts. Without
 * an empty line everything is header. A header over 10 MB ends at the last line below that.
 */
export function splitHeader(bytes: Buffer): { header: Buffer; bodyStart: number } {
  const bodyStart = findHeaderEnd(bytes, 0, bytes.length);
  return { header: bytes.subarray(0, bodyStart), bodyStart };
}

/** Offset behind the empty line of the header that starts at `from`; `to` when there is none. */
export function findHeaderEnd(bytes: Buffer, from: number, to: number): number {
  const limit = Math.min(to, from + MAX_HEADER_BYTES);
  let at = from;
  while (at < limit) {
    if (bytes[at] === LF) return at + 1;
    if (bytes[at] === CR && bytes[at + 1] === LF && at + 2 <= to) return at + 2;
    const newline = bytes.indexOf(LF, at);
    const next = newline < 0 || newline >= to ? to : newline + 1;
    if (next > limit) return at > from ? at : limit;
    at = next;
  }
  return at;
}

/**
 * Walks the fields of a header block in order without keeping them: name range, then the whole range of
 * the field with its folded lines and newline. Lines that are no field are passed over with `nameEnd` =
 * `start`. `visit` may return false to stop.
 */
export function scanFields(
  header: Buffer,
  visit: (start: number, nameEnd: number, valueStart: number, end: number) => boolean | undefined,
): void {
  let start = 0;
  while (start < header.length) {
    const first = header[start];
    if (first === LF || (first === CR && header[start + 1] === LF)) return;
    let end = lineEnd(header, start);
    while (header[end] === 0x20 || header[end] === 0x09) end = lineEnd(header, end);
    let nameEnd = start;
    while (nameEnd < end && isNameByte(header[nameEnd]!)) nameEnd++;
    let colon = nameEnd;
    // RFC 5322 §4.5: obsolete syntax allows white space before the colon.
    while (header[colon] === 0x20 || header[colon] === 0x09) colon++;
    const isField = nameEnd > start && colon < end && header[colon] === 0x3a;
    if (visit(start, isField ? nameEnd : start, colon + 1, end) === false) return;
    start = end;
  }
}

function lineEnd(bytes: Buffer, from: number): number {
  const newline = bytes.indexOf(LF, from);
  return newline < 0 ? bytes.length : newline + 1;
}

function isNameByte(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && byte !== 0x3a;
}

/**
 * The fields of a header block in order, at most 50,000 of them; lines that are no field are left out. `keys` (lower
 * case): only fields of these names.
 */
export function parseHeaderFields(header: Buffer, keys?: ReadonlySet<string>): HeaderField[] {
  const fields: HeaderField[] = [];
  const lengths = keys && new Set([...keys].map((key) => key.length));
  scanFields(header, (start, nameEnd, valueStart, end) => {
    if (nameEnd === start || (lengths && !lengths.has(nameEnd - start))) return;
    const name = header.toString('latin1', start, nameEnd);
    if (keys && !keys.has(name.toLowerCase())) return;
    let valueEnd = end;
    if (valueEnd > valueStart && header[valueEnd - 1] === LF) valueEnd--;
    if (valueEnd > valueStart && header[valueEnd - 1] === CR) valueEnd--;
    const rawValue = header.toString('latin1', valueStart, valueEnd);
    fields.push({ name, key: name.toLowerCase(), rawValue, start, end });
    return fields.length < MAX_FIELDS;
  });
  return fields;
}

/** The first field of that name (any case), or null. */
export function findField(fields: HeaderField[], name: string): HeaderField | null {
  const key = name.toLowerCase();
  return fields.find((field) => field.key === key) ?? null;
}

/** Every field of that name (any case), in order. */
export function findFields(fields: HeaderField[], name: string): HeaderField[] {
  const key = name.toLowerCase();
  return fields.filter((field) => field.key === key);
}

/** A raw value on one line (RFC 5322 §2.2.3), trimmed; stray CR and NUL become spaces. */
export function unfold(raw: string): string {
  return raw
    .replace(/\r?\n/g, '')
    .replace(/[\r\u0000]/g, ' ')
    .trim();
}

/** Unfolded text of a raw value: 8-bit bytes as UTF-8, else Windows-1252; encoded words left alone. */
export function readRawText(raw: string): string {
  const line = unfold(raw);
  if (!/[\u0080-\uffff]/.test(line) || /[\u0100-\uffff]/.test(line)) return line;
  return guessText(Buffer.from(line, 'latin1'));
}

/** Text of an unstructured raw value, encoded words decoded (RFC 2047) and free of control characters. */
export function decodeUnstructured(raw: string): string {
  return decodeWords(readRawText(raw)).replace(/[\u0000-\u001f\u007f]/g, ' ');
}

/** Decoded text of the first field of that name, of at most 64 K raw bytes; '' when there is none. */
export function readFieldText(fields: HeaderField[], name: string): string {
  const field = findField(fields, name);
  return field ? decodeUnstructured(field.rawValue.slice(0, MAX_READ_TEXT)) : '';
}

/** The message without the fields of those names, every other byte as it was. */
export function removeFields(bytes: Buffer, names: string[]): Buffer {
  const { header, bodyStart } = splitHeader(bytes);
  const keys = new Set(names.map((name) => name.toLowerCase()));
  const longest = Math.max(0, ...names.map((name) => name.length));
  const kept: Buffer[] = [];
  let from = 0;
  scanFields(header, (start, nameEnd, _valueStart, end) => {
    const length = nameEnd - start;
    if (length === 0 || length > longest) return;
    if (!keys.has(header.toString('latin1', start, nameEnd).toLowerCase())) return;
    kept.push(header.subarray(from, start));
    from = end;
    return;
  });
  if (from === 0) return bytes;
  kept.push(header.subarray(from), bytes.subarray(bodyStart));
  return Buffer.concat(kept);
}

/** The message with finished fields (each ending in CRLF, see `foldField`) in front. */
export function prependFields(bytes: Buffer, fields: string[]): Buffer {
  return Buffer.concat([Buffer.from(fields.join(''), 'utf8'), bytes]);
}

/** Text for a header value: no CR, LF or other control character can survive, so no field can be injected. */
export function safeHeaderText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
    .trim();
}

const LINE_LENGTH = 78;
const MAX_LINE_LENGTH = 900; // RFC 5322 §2.1.1 says 998; the rest is for the name and multi-byte characters

/**
 * `Name: value` as one finished field with CRLF, folded at blanks to 78 columns (RFC 5322 §2.1.1). The
 * value is text on one line: newlines in it become blanks. A longer run without blanks is cut below 998.
 */
export function foldField(name: string, value: string): string {
  const safeName = name.replace(/[^\u0021-\u0039\u003b-\u007e]/g, '') || 'X-Unnamed';
  const lines: string[] = [];
  let line = `${safeName}:`;
  for (const token of safeHeaderText(value).split(' ')) {
    for (const word of splitLongWord(token)) {
      const isFull = line.length + 1 + word.length > LINE_LENGTH && word !== '';
      const isFirst = lines.length === 0 && line.length === safeName.length + 1;
      // The first word stays beside the name unless the line would pass the hard limit.
      if (
        isFull &&
        (!isFirst || line.length + word.length > MAX_LINE_LENGTH) &&
        line.trim() !== ''
      ) {
        lines.push(line);
        line = '';
      }
      line += ` ${word}`;
    }
  }
  return `${[...lines, line].join('\r\n')}\r\n`;
}

function splitLongWord(word: string): string[] {
  if (Buffer.byteLength(word) <= MAX_LINE_LENGTH) return [word];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const character of word) {
    const cost = Buffer.byteLength(character);
    if (used + cost > MAX_LINE_LENGTH) {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += character;
    used += cost;
  }
  return [...pieces, piece];
}
