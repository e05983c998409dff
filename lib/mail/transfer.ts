// Content-Transfer-Encoding (RFC 2045 §6): base64 and quoted-printable, both ways. Decoding is tolerant
// (RFC 2045 §6.7 note, §6.8: ignore what does not belong) and linear; it never throws.

/** Bytes of a part after undoing its transfer encoding; unknown encodings are left as they are. */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return decodeBase64(bytes);
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes);
    case 'x-uuencode':
    case 'uuencode':
    case 'x-uue':
      return decodeUuencode(bytes);
    default:
      return bytes;
  }
}

const KNOWN = ['7bit', '8bit', 'binary', 'base64', 'quoted-printable'];
const UUENCODE = ['x-uuencode', 'uuencode', 'x-uue'];

/** True for what `decodeTransfer` really undoes, or has nothing to undo. */
export function isKnownEncoding(encoding: string): boolean {
  const name = encoding.trim().toLowerCase();
  return name === '' || KNOWN.includes(name) || UUENCODE.includes(name);
}

const BASE64 = makeBase64Table();

function makeBase64Table(): Uint8Array {
  const table = new Uint8Array(256).fill(255);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
}

/** RFC 2045 §6.8; foreign characters are skipped, padding in the middle starts a new run. */
export function decodeBase64(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(Math.floor(bytes.length / 4) * 3 + 3);
  let length = 0;
  let bits = 0;
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    const value = BASE64[byte]!;
    if (value === 255) {
      if (byte !== 0x3d) continue;
      // A pad ends the quantum: 2 characters carry one byte, 3 carry two.
      if (count === 2) out[length++] = bits >> 4;
      else if (count === 3) {
        out[length++] = bits >> 10;
        out[length++] = (bits >> 2) & 255;
      }
      bits = 0;
      count = 0;
      continue;
    }
    bits = (bits << 6) | value;
    if (++count === 4) {
      out[length++] = (bits >> 16) & 255;
      out[length++] = (bits >> 8) & 255;
      out[length++] = bits & 255;
      bits = 0;
      count = 0;
    }
  }
  if (count === 2) out[length++] = bits >> 4;
  else if (count === 3) {
    out[length++] = bits >> 10;
    out[length++] = (bits >> 2) & 255;
  }
  return out.subarray(0, length);
}

/** Value of a hexadecimal digit's code, or -1. */
export function hexValue(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** RFC 2045 §6.7: soft line breaks joined, white space at line ends dropped, a lone `=` kept. */
export function decodeQuotedPrintable(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let solid = 0; // length up to the last byte of this line that is not literal white space
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0x0a || byte === 0x0d) {
      length = solid;
      out[length++] = byte;
      solid = length;
    } else if (byte === 0x3d) {
      const high = hexValue(bytes[i + 1]);
      const low = hexValue(bytes[i + 2]);
      if (high >= 0 && low >= 0) {
        out[length++] = (high << 4) | low;
        i += 2;
      } else {
        const next = skipSoftBreak(bytes, i + 1);
        if (next > i) i = next;
        else out[length++] = byte;
      }
      solid = length;
    } else {
      out[length++] = byte;
      if (byte !== 0x20 && byte !== 0x09) solid = length;
    }
  }
  return out.subarray(0, solid);
}

const MAX_SOFT_BREAK_SPACE = 80;

/** Index of the last byte of a soft line break that starts after `=`, or -1 when there is none. */
function skipSoftBreak(bytes: Uint8Array, from: number): number {
  let at = from;
  const limit = Math.min(bytes.length, from + MAX_SOFT_BREAK_SPACE);
  while (at < limit && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  if (at >= bytes.length) return at;
  if (bytes[at] === 0x0a) return at;
  if (bytes[at] === 0x0d) return bytes[at + 1] === 0x0a ? at + 1 : at;
  return -1;
}

function decodeUuencode(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let isOpen = false;
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline < 0 ? bytes.length : newline;
    if (!isOpen) isOpen = bytes.toString('latin1', at, at + 6) === 'begin ';
    else if (bytes.toString('latin1', at, at + 3) === 'end') break;
    else {
      const count = ((bytes[at] ?? 0x20) - 0x20) & 63;
      const stop = length + count;
      for (let i = at + 1; i < end && length < stop; i += 4) {
        const value = [0, 1, 2, 3].map((n) => ((bytes[i + n] ?? 0x20) - 0x20) & 63);
        const word = (value[0]! << 18) | (value[1]! << 12) | (value[2]! << 6) | value[3]!;
        for (let shift = 16; shift >= 0 && length < stop; shift -= 8) {
          out[length++] = (word >> shift) & 255;
        }
      }
    }
    at = end + 1;
  }
  return isOpen ? out.subarray(0, length) : bytes;
}

/** Base64 in lines of 76 characters with CRLF after each (RFC 2045 §6.8). */
export function encodeBase64(bytes: Uint8Array): Buffer {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += 76) lines.push(text.slice(at, at + 76), '\r\n');
  return Buffer.from(lines.join(''), 'latin1');
}

const HEX = Buffer.from('0123456789ABCDEF');
/** A byte becomes three at most, and a line of 75 gets a soft break of three. */
const GROWTH = (3 * 78) / 75;

/** Quoted-printable of text lines: CRLF kept as line ends, lines of at most 76 characters (RFC 2045 §6.7). */
export function encodeQuotedPrintable(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil(bytes.length * GROWTH) + 3);
  let length = 0;
  let column = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0x0d && bytes[i + 1] === 0x0a) {
      out[length++] = 0x0d;
      out[length++] = 0x0a;
      column = 0;
      i++;
      continue;
    }
    const isSpace = byte === 0x20 || byte === 0x09;
    const isLineEnd = i + 1 >= bytes.length || (bytes[i + 1] === 0x0d && bytes[i + 2] === 0x0a);
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x3d;
    const isKept = isPlain || (isSpace && !isLineEnd);
    // Room for the soft break's own `=`.
    if (column + (isKept ? 1 : 3) > 75) {
      out[length++] = 0x3d;
      out[length++] = 0x0d;
      out[length++] = 0x0a;
      column = 0;
    }
    column += isKept ? 1 : 3;
    if (isKept) out[length++] = byte;
    else {
      out[length++] = 0x3d;
      out[length++] = HEX[byte >> 4]!;
      out[length++] = HEX[byte & 15]!;
    }
  }
  return Buffer.from(out.subarray(0, length));
}
