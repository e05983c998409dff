// Messages with UTF-8 in their header (RFC 6532) for a client that has not said UTF8: RFC 6856 §4 lets it have the
// simplified form of RFC 6858, which differs in the header alone. Pure.
import { isUtf8 } from 'node:buffer';
import { formatAddress, joinAddress, parseAddressList, toAsciiDomain } from '#lib/mail/address.ts';
import { decodeUnstructured, foldField, parseHeaderFields, readRawText } from '#lib/mail/header.ts';
import { encodeWords, parseParameters, percentEncode } from '#lib/mail/words.ts';
import { findBody } from './message-text.ts';

/** A longer header is an attack, and goes out as it is. */
const mostHeaderBytes = 256 * 1024;
const hasEightBits = /[^\u0000-\u007f]/;
const addressFields = new Set(
  'from sender reply-to to cc bcc resent-from resent-sender resent-reply-to resent-to resent-cc resent-bcc return-path disposition-notification-to delivered-to'.split(
    ' ',
  ),
);
const parameterFields = new Set(['content-type', 'content-disposition']);

/** The message with an ASCII header; the same object where it has one, or one that is no UTF-8 either. */
export function downgradeMessage(bytes: Buffer): Buffer {
  const end = findBody(bytes);
  const header = end < 0 ? bytes : bytes.subarray(0, end);
  if (header.length > mostHeaderBytes || !hasEightBits.test(header.toString('latin1')))
    return bytes;
  if (!isUtf8(header)) return bytes;
  const pieces: Buffer[] = [];
  let start = 0;
  for (const field of parseHeaderFields(header)) {
    if (!hasEightBits.test(field.rawValue)) continue;
    const value = downgradeValue(field.key, field.rawValue);
    pieces.push(bytes.subarray(start, field.start), Buffer.from(foldField(field.name, value)));
    start = field.end;
  }
  pieces.push(bytes.subarray(start));
  return Buffer.concat(pieces);
}

function downgradeValue(key: string, rawValue: string): string {
  const text = readRawText(rawValue);
  if (addressFields.has(key)) return downgradeAddresses(text);
  if (parameterFields.has(key)) return downgradeParameters(text);
  return encodeWords(decodeUnstructured(rawValue));
}

/** RFC 6858 §2.1: an address that ASCII cannot write becomes a group without members that shows it. */
function downgradeAddresses(text: string): string {
  const written = parseAddressList(text).map(({ name, local, domain }) => {
    const address = joinAddress(local, domain && (toAsciiDomain(domain) ?? domain));
    if (!hasEightBits.test(address)) return formatAddress({ name, address });
    const shown = joinAddress(local, domain);
    return `${encodeWords(name ? `${name} ${shown}` : shown)} :;`;
  });
  return written.join(', ');
}

/** RFC 2231 §4. */
function downgradeParameters(text: string): string {
  const { value, parameters } = parseParameters(text);
  const written = [...parameters].map(([name, own]) =>
    hasEightBits.test(own)
      ? `${name}*=utf-8''${percentEncode(own)}`
      : `${name}="${own.replace(/["\\]/g, '\\$&')}"`,
  );
  return [encodeWords(value), ...written].join('; ');
}
