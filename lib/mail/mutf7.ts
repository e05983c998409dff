// Mailbox names on the IMAP wire: modified UTF-7 (RFC 3501 §5.1.3), UTF-8 for clients that enabled it (RFC
// 9755 §3). Decoding is strict, so that one name has one spelling: what would not encode back to the same
// characters is refused, never repaired.

/** Wire form of a mailbox name; the name is brought to NFC first. Printable US-ASCII only. */
export function encodeMailboxName(text: string): string {
  return encode(text.toWellFormed().normalize('NFC'));
}

/** Has no escape, and nothing that would need one: most names. */
const plainName = /^[ -%'-~]*$/;

/** Name of a wire form, in NFC; null when the form is invalid or not the canonical one. */
export function decodeMailboxName(text: string): string | null {
  if (plainName.test(text)) return text;
  const pieces: string[] = [];
  let at = 0;
  while (at < text.length) {
    const amp = text.indexOf('&', at);
    const plainEnd = amp < 0 ? text.length : amp;
    pieces.push(text.slice(at, plainEnd));
    if (amp < 0) break;
    const dash = text.indexOf('-', amp);
    if (dash < 0) return null;
    pieces.push(dash === amp + 1 ? '&' : decodeRun(text.slice(amp + 1, dash)));
    at = dash + 1;
  }
  const name = pieces.join('');
  // Catches raw 8-bit, encoded ASCII, split runs, set padding bits and broken base64 at once.
  if (hasControl(name) || !name.isWellFormed() || encode(name) !== text) return null;
  return name.normalize('NFC');
}

/** Name of its UTF-8 form, in NFC; null when the bytes are not valid or it holds what no name may (RFC 9755 §3). */
export function decodeUtf8MailboxName(bytes: Uint8Array): string | null {
  let name: string;
  try {
    name = strictUtf8.decode(bytes);
  } catch {
    return null;
  }
  return hasControl(name) || /[\u2028\u2029]/.test(name) ? null : name.normalize('NFC');
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeRun(base64: string): string {
  const bytes = Buffer.from(base64.replaceAll(',', '/'), 'base64');
  return bytes
    .subarray(0, bytes.length & ~1)
    .swap16()
    .toString('utf16le');
}

function encode(text: string): string {
  const pieces: string[] = [];
  let at = 0;
  while (at < text.length) {
    let end = at;
    const isPlain = isPrintable(text.charCodeAt(at));
    while (end < text.length && isPrintable(text.charCodeAt(end)) === isPlain) end++;
    const run = text.slice(at, end);
    pieces.push(isPlain ? run.replaceAll('&', '&-') : encodeRun(run));
    at = end;
  }
  return pieces.join('');
}

function encodeRun(run: string): string {
  const base64 = Buffer.from(run, 'utf16le').swap16().toString('base64');
  return `&${base64.replaceAll('=', '').replaceAll('/', ',')}-`;
}

function isPrintable(code: number): boolean {
  return code >= 0x20 && code <= 0x7e;
}

function hasControl(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f]/.test(text);
}
