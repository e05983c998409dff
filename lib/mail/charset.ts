// Bytes of any charset a mail may name, to text. The platform's TextDecoder (WHATWG Encoding) does the
// work; here are the names mail uses that it does not know, and UTF-7 (RFC 2152), HZ (RFC 1843) and
// ISO-2022-KR (RFC 1557), which it refuses. Never throws: an unknown name is read as UTF-8, then as Windows-1252.
import { isAscii as isAsciiBytes } from 'node:buffer';

/** Names seen in mail, and the WHATWG label each stands for. */
const ALIASES: Record<string, string> = {
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  'windows-932': 'shift_jis',
  'shift-jis': 'shift_jis',
  cp936: 'gbk',
  'windows-936': 'gbk',
  cp949: 'euc-kr',
  ks_c_5601: 'euc-kr',
  'ks-c-5601': 'euc-kr',
  'ks_c_5601-1992': 'euc-kr',
  cp950: 'big5',
  'big-5': 'big5',
  eucjp: 'euc-jp',
  euckr: 'euc-kr',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-3': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  cp50221: 'iso-2022-jp',
  cp50222: 'iso-2022-jp',
  jis: 'iso-2022-jp',
  'iso-8859-8-e': 'iso-8859-8',
  'iso-8859-6-i': 'iso-8859-6',
  'koi8-ru': 'koi8-u',
  cp65001: 'utf-8',
  utf8mb4: 'utf-8',
  'utf-8-mac': 'utf-8',
  'latin-1': 'windows-1252',
  'iso-latin-1': 'windows-1252',
  'x-roman8': 'windows-1252',
  'x-mac-roman': 'macintosh',
  macroman: 'macintosh',
};

/** Names that promise 7 bits or nothing at all: 8-bit bytes under them are guessed. */
const GUESSED = new Set([
  '',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'iso646-us',
  '7bit',
  '8bit',
  'unknown',
  'unknown-8bit',
  'x-unknown',
  'default',
  'none',
]);

const MAX_KNOWN_NAMES = 500;
/** Decoders by the name that asked for them; bounded, as names come from strangers. */
const decoders = new Map<string, TextDecoder | null>();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const latin = new TextDecoder('windows-1252');

/** True when every byte is below 0x80. */
export function isAscii(bytes: Uint8Array): boolean {
  return isAsciiBytes(bytes);
}

/** UTF-8 where the bytes are UTF-8, else Windows-1252: the guess for bytes without a charset. */
export function guessText(bytes: Uint8Array): string {
  if (isAscii(bytes))
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return latin.decode(bytes);
  }
}

/** Text of `bytes` in the charset of that name (any case, as written in a header); never throws. */
export function decodeCharset(bytes: Uint8Array, charsetName: string): string {
  const name = normaliseName(charsetName);
  if (GUESSED.has(name)) return guessText(bytes);
  if (name === 'utf-7' || name === 'utf7' || name === 'unicode-1-1-utf-7') {
    return decodeUtf7(asLatin1(bytes));
  }
  if (name === 'hz-gb-2312' || name === 'hz') return decodeHz(bytes);
  if (name === 'iso-2022-kr' || name === 'csiso2022kr') return decodeIso2022Kr(bytes);
  const decoder = findDecoder(name);
  if (!decoder) return guessText(bytes);
  try {
    return decoder.decode(bytes);
  } catch {
    return guessText(bytes);
  }
}

function normaliseName(charsetName: string): string {
  const name = charsetName.slice(0, 60).trim().toLowerCase();
  return name.startsWith('"') || name.startsWith("'") ? name.slice(1, -1) : name;
}

function findDecoder(name: string): TextDecoder | null {
  const known = decoders.get(name);
  if (known !== undefined) return known;
  if (decoders.size >= MAX_KNOWN_NAMES) decoders.clear();
  const decoder = makeDecoder(ALIASES[name] ?? name) ?? makeDecoder(respell(name));
  decoders.set(name, decoder);
  return decoder;
}

function makeDecoder(label: string | null): TextDecoder | null {
  if (!label) return null;
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}

/** cp-1251, win1251, x-cp1251 → windows-1251; iso 8859 1 → iso-8859-1. */
function respell(name: string): string | null {
  const windows = /^(?:x-)?(?:cp|win|windows|ms|ansi)[-_ ]?(125\d|874|866)$/.exec(name);
  if (windows) return windows[1] === '866' ? 'ibm866' : `windows-${windows[1]}`;
  const iso = /^(?:x-)?(?:iso|latin)[-_ ]?8859[-_ ]?(\d\d?)$/.exec(name);
  return iso ? `iso-8859-${iso[1]}` : null;
}

function asLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** RFC 2152: `+` opens a run of base64 over UTF-16BE, `-` (swallowed) or any other character closes it. */
function decodeUtf7(text: string): string {
  const pieces: string[] = [];
  let at = 0;
  while (at < text.length) {
    const plus = text.indexOf('+', at);
    if (plus < 0) break;
    pieces.push(text.slice(at, plus));
    let end = plus + 1;
    while (end < text.length && isBase64Code(text.charCodeAt(end))) end++;
    if (end === plus + 1) pieces.push('+');
    else pieces.push(decodeUtf16Base64(text.slice(plus + 1, end)));
    at = text.charCodeAt(end) === 0x2d ? end + 1 : end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

function isBase64Code(code: number): boolean {
  return (
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x2f && code <= 0x39) ||
    code === 0x2b
  );
}

function decodeUtf16Base64(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const even = bytes.subarray(0, bytes.length & ~1);
  return even.swap16().toString('utf16le').toWellFormed();
}

/** RFC 1843: `~{` and `~}` switch GB 2312 in and out, `~~` is a tilde, `~` before a newline joins lines. */
function decodeHz(bytes: Uint8Array): string {
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  let isChinese = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    const next = bytes[i + 1];
    if (byte === 0x7e && (next === 0x7b || next === 0x7d)) {
      isChinese = next === 0x7b;
      i++;
    } else if (byte === 0x7e && (next === 0x7e || next === 0x0a)) {
      if (next === 0x7e) out[length++] = 0x7e;
      i++;
    } else {
      out[length++] = isChinese && byte > 0x20 ? byte | 0x80 : byte;
    }
  }
  return decodeCharset(out.subarray(0, length), 'gbk');
}

/** RFC 1557: SO and SI switch KS C 5601 in and out; the designator `ESC $ ) C` is dropped. */
function decodeIso2022Kr(bytes: Uint8Array): string {
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  let isKorean = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0x1b && bytes[i + 1] === 0x24 && bytes[i + 2] === 0x29) i += 3;
    else if (byte === 0x0e) isKorean = true;
    else if (byte === 0x0f) isKorean = false;
    else out[length++] = isKorean && byte > 0x20 ? byte | 0x80 : byte;
  }
  return decodeCharset(out.subarray(0, length), 'euc-kr');
}
