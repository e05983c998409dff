// Strings on the IMAP wire (RFC 3501 §4.3): NIL, quoted, or literal. One place, so that no value from a
// message can ever split a response.

/**
 * `text` as a finished nstring: NIL for null, quoted with escapes where it may be, else a literal
 * `{n}CRLF` counted in UTF-8 bytes. The result is text whose UTF-8 form goes on the wire.
 */
export function formatString(text: string | null): string {
  if (text === null) return 'NIL';
  // RFC 3501 §9 quoted: TEXT-CHAR only, so no CR, LF, NUL and no 8-bit.
  if (!/^[\u0001-\u0009\u000b\u000c\u000e-\u007f]*$/.test(text)) {
    const wellFormed = text.toWellFormed();
    return `{${Buffer.byteLength(wellFormed)}}\r\n${wellFormed}`;
  }
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

/** Finished bytes of an nstring: text as UTF-8, or bytes as they are. */
export function quoteOrLiteral(value: string | Buffer | null): Buffer {
  if (value === null || typeof value === 'string') return Buffer.from(formatString(value), 'utf8');
  const text = value.toString('latin1');
  if (/^[\u0001-\u0009\u000b\u000c\u000e-\u007f]*$/.test(text)) {
    return Buffer.from(formatString(text), 'latin1');
  }
  return Buffer.concat([Buffer.from(`{${value.length}}\r\n`, 'latin1'), value]);
}
