// Strings on the IMAP wire (RFC 3501 §4.3): NIL, quoted, or literal. One place, so that no value from a
// message can ever split a response.

const quotable = /^[\u0001-\u0009\u000b\u000c\u000e-\u007f]*$/;
// Lone surrogates have no UTF-8 form.
const quotableUtf8 = /^[\u0001-\u0009\u000b\u000c\u000e-\u{d7ff}\u{e000}-\u{10ffff}]*$/u;

/**
 * `text` as a finished nstring: NIL for null, quoted with escapes where it may be, else a literal
 * `{n}CRLF` counted in UTF-8 bytes. The result is text whose UTF-8 form goes on the wire. With `isUtf8` quoted
 * text may be UTF-8: only for clients that enabled it (RFC 9755 §3).
 */
export function formatString(text: string | null, isUtf8 = false): string {
  if (text === null) return 'NIL';
  // RFC 3501 §9 quoted: TEXT-CHAR only, so no CR, LF, NUL and no 8-bit.
  if (!(isUtf8 ? quotableUtf8 : quotable).test(text)) {
    const wellFormed = text.toWellFormed();
    return `{${Buffer.byteLength(wellFormed)}}\r\n${wellFormed}`;
  }
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

/** Finished bytes of an nstring: text as UTF-8, or bytes as they are. */
export function quoteOrLiteral(value: string | Buffer | null): Buffer {
  if (value === null || typeof value === 'string') return Buffer.from(formatString(value), 'utf8');
  const text = value.toString('latin1');
  if (quotable.test(text)) {
    return Buffer.from(formatString(text), 'latin1');
  }
  return Buffer.concat([Buffer.from(`{${value.length}}\r\n`, 'latin1'), value]);
}
