// Words of other charsets in header fields: encoded words (RFC 2047) and MIME parameters (RFC 2045 §5.1,
// RFC 2231). Hand-written scanners, each character is looked at a fixed number of times; nothing throws.
import { decodeCharset, guessText } from './charset.ts';
import { decodeBase64, hexValue } from './transfer.ts';

const MAX_CHARSET_LENGTH = 60;
const MAX_PARAMETERS = 500;
const MAX_PARAMETER_TEXT = 256 * 1024;

/** One encoded word: where it ends in the text, and what it holds. */
type EncodedWord = { charset: string; encoding: 'B' | 'Q'; text: string; end: number };

/** The encoded word that starts at `at`, or null. Longer words than RFC 2047 §2 allows are accepted. */
export function matchEncodedWord(text: string, at: number): EncodedWord | null {
  if (text[at] !== '=' || text[at + 1] !== '?') return null;
  const charsetEnd = findMark(text, at + 2, at + 2 + MAX_CHARSET_LENGTH);
  if (charsetEnd < 0 || charsetEnd === at + 2) return null;
  const encoding = text[charsetEnd + 1]?.toUpperCase();
  if ((encoding !== 'B' && encoding !== 'Q') || text[charsetEnd + 2] !== '?') return null;
  const textStart = charsetEnd + 3;
  // The encoded text holds no `?` (RFC 2047 §2), so a failed word is never scanned twice.
  const textEnd = text.indexOf('?', textStart);
  if (textEnd < 0 || text[textEnd + 1] !== '=') return null;
  const charset = text.slice(at + 2, charsetEnd);
  const star = charset.indexOf('*'); // RFC 2231 §5: charset*language
  return {
    charset: (star < 0 ? charset : charset.slice(0, star)).toLowerCase(),
    encoding,
    text: text.slice(textStart, textEnd),
    end: textEnd + 2,
  };
}

function findMark(text: string, from: number, limit: number): number {
  for (let i = from; i < limit && i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x3f) return i;
    if (code <= 0x20) return -1;
  }
  return -1;
}

/**
 * Text with its encoded words decoded. White space between two words is dropped, and neighbours of one
 * charset are joined before decoding (a character may be split over them). Control characters become spaces.
 */
export function decodeWords(text: string): string {
  let at = text.indexOf('=?');
  if (at < 0) return text;
  const pieces: string[] = [];
  let plainStart = 0;
  let pending: { charset: string; chunks: Buffer[] } | null = null;
  const flush = () => {
    if (!pending) return;
    const decoded = decodeCharset(Buffer.concat(pending.chunks), pending.charset);
    pieces.push(decoded.replace(/[\u0000-\u001f\u007f]/g, ' '));
    pending = null;
  };
  while (at >= 0) {
    const word = matchEncodedWord(text, at);
    if (!word) {
      at = text.indexOf('=?', at + 2);
      continue;
    }
    const between = text.slice(plainStart, at);
    const isJoined = pending !== null && isBlank(between);
    if (!isJoined) {
      flush();
      pieces.push(between);
    } else if (pending!.charset !== word.charset) flush();
    pending ??= { charset: word.charset, chunks: [] };
    pending.chunks.push(decodeWordText(word));
    plainStart = word.end;
    at = text.indexOf('=?', word.end);
  }
  flush();
  pieces.push(text.slice(plainStart));
  return pieces.join('');
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

function decodeWordText(word: EncodedWord): Buffer {
  const bytes = toBytes(word.text);
  if (word.encoding === 'B') return decodeBase64(bytes);
  // RFC 2047 §4.2: `_` is always a space.
  return decodeEscapes(bytes, 0x3d, true);
}

/** Characters as bytes: latin1 where they fit, UTF-8 where somebody wrote text into an encoded word. */
function toBytes(text: string): Buffer {
  return Buffer.from(text, /[^\u0000-\u007f]/.test(text) ? 'utf8' : 'latin1');
}

/** `=XX` or `%XX` to bytes; what is not an escape stays. */
function decodeEscapes(bytes: Buffer, mark: number, isUnderscoreSpace: boolean): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    const high = byte === mark ? hexValue(bytes[i + 1]) : -1;
    const low = high >= 0 ? hexValue(bytes[i + 2]) : -1;
    if (low >= 0) {
      out[length++] = (high << 4) | low;
      i += 2;
    } else out[length++] = isUnderscoreSpace && byte === 0x5f ? 0x20 : byte;
  }
  return out.subarray(0, length);
}

/**
 * Text as it may stand in a header field: unchanged when it is printable US-ASCII that nobody mistakes for
 * an encoded word, else as encoded words in UTF-8 of at most 75 characters, separated by spaces.
 */
export function encodeWords(text: string): string {
  if (/^[\u0020-\u007e]*$/.test(text) && !text.includes('=?')) return text;
  const safe = text.toWellFormed().replace(/[\u0000-\u001f\u007f]+/g, ' ');
  const words: string[] = [];
  const bytes = Buffer.from(safe, 'utf8');
  const isMostlyAscii = bytes.length - safe.replace(/[^ -~]/g, '').length <= bytes.length / 2;
  const room = isMostlyAscii ? 63 : 45; // 75 less `=?utf-8?Q?` and `?=`; 45 bytes are 60 of base64
  let chunk = '';
  let used = 0;
  const push = () => {
    if (chunk === '') return;
    const body = isMostlyAscii ? encodeQ(chunk) : Buffer.from(chunk, 'utf8').toString('base64');
    words.push(`=?utf-8?${isMostlyAscii ? 'Q' : 'B'}?${body}?=`);
    chunk = '';
    used = 0;
  };
  for (const character of safe) {
    const cost = isMostlyAscii ? encodeQ(character).length : Buffer.byteLength(character);
    if (used + cost > room) push();
    chunk += character;
    used += cost;
  }
  push();
  return words.join(' ');
}

/** RFC 2047 §5 (3): the characters safe inside a phrase, everything else escaped. */
function encodeQ(text: string): string {
  return text.replace(/[^A-Za-z0-9!*+/-]/gu, (character) => {
    if (character === ' ') return '_';
    const hex = Buffer.from(character, 'utf8').toString('hex').toUpperCase();
    return hex.replace(/../g, '=$&');
  });
}

/** A field such as Content-Type: its value, and the parameters decoded (names in lower case). */
export function parseParameters(text: string): { value: string; parameters: Map<string, string> } {
  const merged = mergeParameters(text);
  return { value: merged.value, parameters: decodeParameters(merged.parameters) };
}

/**
 * The same with parameters in wire form: continuations joined (RFC 2231 §3, as §6 asks of BODYSTRUCTURE),
 * percent-encoded values still under `name*` as `charset'language'value`. First of equal names wins.
 */
export function mergeParameters(text: string): {
  value: string;
  parameters: Record<string, string>;
} {
  const scanned = scanParameters(text.slice(0, MAX_PARAMETER_TEXT));
  const parameters: Record<string, string> = {};
  const sections = new Map<string, Map<number, { value: string; isEncoded: boolean }>>();
  for (const { name, value } of scanned.parameters) {
    const [base = '', index, star] = name.split('*');
    if (!/^[a-z0-9!#$%&'+.^_`{|}~-]{1,80}$/.test(base) || base === '__proto__') continue;
    if (index === undefined || index === '') {
      const key = index === undefined ? base : `${base}*`;
      parameters[key] ??= value;
    } else if (/^\d{1,4}$/.test(index)) {
      const pieces = sections.get(base) ?? new Map();
      sections.set(base, pieces);
      const number = Number(index);
      if (!pieces.has(number)) pieces.set(number, { value, isEncoded: star === '' });
    }
  }
  for (const [base, pieces] of sections) {
    const joined = joinSections(pieces);
    if (joined) parameters[joined.isEncoded ? `${base}*` : base] ??= joined.value;
  }
  return { value: scanned.value, parameters };
}

function joinSections(
  pieces: Map<number, { value: string; isEncoded: boolean }>,
): { value: string; isEncoded: boolean } | null {
  const ordered: { value: string; isEncoded: boolean }[] = [];
  for (let i = 0; pieces.has(i); i++) ordered.push(pieces.get(i)!);
  const first = ordered[0];
  if (!first) return null;
  const isEncoded = ordered.some((piece) => piece.isEncoded);
  if (!isEncoded) return { value: ordered.map((piece) => piece.value).join(''), isEncoded };
  const values = ordered.map((piece) =>
    piece.isEncoded ? piece.value : percentEncode(piece.value),
  );
  // RFC 2231 §4.1: only the first section names the charset; without it the bytes are guessed.
  return { value: (first.isEncoded ? '' : "''") + values.join(''), isEncoded };
}

/** Text as an RFC 2231 extended value without its charset prefix. */
export function percentEncode(text: string): string {
  return text.toWellFormed().replace(/[^A-Za-z0-9._~-]/gu, (character) => {
    const hex = Buffer.from(character, 'utf8').toString('hex').toUpperCase();
    return hex.replace(/../g, '%$&');
  });
}

/** Decoded values of parameters in wire form; an extended value goes before a plain one. */
export function decodeParameters(parameters: Record<string, string>): Map<string, string> {
  const decoded = new Map<string, string>();
  for (const [name, value] of Object.entries(parameters)) {
    // RFC 2047 §5 forbids encoded words in parameters; Outlook and others write them all the same.
    if (!name.endsWith('*') && !(`${name}*` in parameters)) decoded.set(name, decodeWords(value));
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (name.endsWith('*')) decoded.set(name.slice(0, -1), decodeExtendedValue(value));
  }
  return decoded;
}

function decodeExtendedValue(value: string): string {
  const first = value.indexOf("'");
  const second = first < 0 ? -1 : value.indexOf("'", first + 1);
  const charset = second < 0 ? '' : value.slice(0, first);
  const bytes = decodeEscapes(toBytes(second < 0 ? value : value.slice(second + 1)), 0x25, false);
  const text = charset === '' ? guessText(bytes) : decodeCharset(bytes, charset);
  return text.replace(/[\u0000-\u001f\u007f]/g, ' ');
}

type Parameter = { name: string; value: string };

function scanParameters(text: string): { value: string; parameters: Parameter[] } {
  const parameters: Parameter[] = [];
  const valueEnd = text.indexOf(';');
  const value = stripComments(valueEnd < 0 ? text : text.slice(0, valueEnd)).trim();
  let at = valueEnd < 0 ? text.length : valueEnd + 1;
  while (at < text.length && parameters.length < MAX_PARAMETERS) {
    const semicolon = indexOrEnd(text, ';', at);
    const equals = text.indexOf('=', at);
    if (equals < 0) break;
    if (equals > semicolon) {
      // A stretch without `=`: go on behind the last semicolon before the next `=`.
      at = text.lastIndexOf(';', equals) + 1;
      continue;
    }
    const name = stripComments(text.slice(at, Math.min(equals, at + 200)))
      .trim()
      .toLowerCase();
    let start = equals + 1;
    while (start < text.length && isSpace(text.charCodeAt(start))) start++;
    if (text[start] === '"') {
      const quoted = readQuoted(text, start);
      parameters.push({ name, value: quoted.value });
      at = indexOrEnd(text, ';', quoted.end) + 1;
    } else {
      const end = indexOrEnd(text, ';', start);
      parameters.push({ name, value: cleanBareValue(name, text.slice(start, end)) });
      at = end + 1;
    }
  }
  return { value, parameters };
}

/** File names in the wild hold blanks and parentheses without quotes; elsewhere those are comments. */
function cleanBareValue(name: string, raw: string): string {
  return name.startsWith('name') || name.startsWith('filename')
    ? raw.trim()
    : stripComments(raw).trim();
}

function readQuoted(text: string, start: number): { value: string; end: number } {
  const pieces: string[] = [];
  let from = start + 1;
  let at = from;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] !== '\\' || at + 1 >= text.length) continue;
    pieces.push(text.slice(from, at));
    from = ++at;
  }
  pieces.push(text.slice(from, at));
  return { value: pieces.join(''), end: at + 1 };
}

/** Text without its parenthesised comments (RFC 5322 §3.2.2), nested ones included. */
export function stripComments(text: string): string {
  if (!text.includes('(')) return text;
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') i++;
    else if (character === '(') {
      if (depth++ === 0) pieces.push(text.slice(from, i), ' ');
    } else if (character === ')' && depth > 0 && --depth === 0) from = i + 1;
  }
  if (depth === 0) pieces.push(text.slice(from));
  return pieces.join('');
}

function indexOrEnd(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}
