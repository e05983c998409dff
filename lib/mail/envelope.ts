// IMAP ENVELOPE (RFC 3501 §7.4.2) as finished text, for a message and for every message/rfc822 within one.
// 7 bits as far as the format allows: raw UTF-8 in subject and names is turned into encoded words, unless the client
// takes it as it is (RFC 9755 §3).
import { type ListItem, scanAddressList, toAsciiDomain } from './address.ts';
import { findField, findFields, type HeaderField, readRawText } from './header.ts';
import { formatString } from './imap-string.ts';
import { encodeWords } from './words.ts';

const MAX_TEXT = 16 * 1024;
const MAX_ADDRESS_TEXT = 384 * 1024;

/**
 * The finished parenthesised ENVELOPE; broken or missing fields give NIL, never invalid output. With `isUtf8` raw
 * UTF-8 stays what it is.
 */
export function formatEnvelope(fields: HeaderField[], isUtf8 = false): string {
  const from = formatAddresses(fields, 'from', isUtf8);
  const sender = formatAddresses(fields, 'sender', isUtf8);
  const replyTo = formatAddresses(fields, 'reply-to', isUtf8);
  return `(${[
    formatText(fields, 'date', isUtf8),
    formatText(fields, 'subject', isUtf8),
    from,
    // RFC 3501 §7.4.2: absent or empty Sender and Reply-To are those of From.
    sender === 'NIL' ? from : sender,
    replyTo === 'NIL' ? from : replyTo,
    formatAddresses(fields, 'to', isUtf8),
    formatAddresses(fields, 'cc', isUtf8),
    formatAddresses(fields, 'bcc', isUtf8),
    formatText(fields, 'in-reply-to', isUtf8),
    formatText(fields, 'message-id', isUtf8),
  ].join(' ')})`;
}

function formatText(fields: HeaderField[], name: string, isUtf8: boolean): string {
  const field = findField(fields, name);
  return field ? formatSafe(readRawText(field.rawValue.slice(0, MAX_TEXT)), isUtf8) : 'NIL';
}

function formatSafe(text: string, isUtf8: boolean): string {
  return isUtf8
    ? formatString(toOneLine(text).toWellFormed(), true)
    : formatString(toSafeText(text));
}

/** One line of 7-bit text; words that are encoded already stay what they are. */
export function toSafeText(text: string): string {
  const line = text.slice(0, MAX_TEXT).replace(/[\u0000-\u001f\u007f]/g, ' ');
  if (!/[^\u0020-\u007e]/.test(line)) return line;
  const pieces: { text: string; isEncoded: boolean }[] = [];
  for (const word of line.split(' ')) {
    const isEncoded = word.startsWith('=?') && word.endsWith('?=');
    const last = pieces.at(-1);
    if (last && last.isEncoded === isEncoded) last.text += ` ${word}`;
    else pieces.push({ text: word, isEncoded });
  }
  return pieces
    .map((piece, i) =>
      piece.isEncoded ? piece.text : encodePiece(piece.text, i > 0, i < pieces.length - 1),
    )
    .join(' ');
}

/** RFC 2047 §6.2: blanks between encoded words vanish, so those that are meant go inside. */
function encodePiece(text: string, isAfterWord: boolean, isBeforeWord: boolean): string {
  if (!/[^\u0020-\u007e]/.test(text)) return text;
  return encodeWords(`${isAfterWord ? ' ' : ''}${text}${isBeforeWord ? ' ' : ''}`);
}

function formatAddresses(fields: HeaderField[], name: string, isUtf8: boolean): string {
  const found = findFields(fields, name);
  if (found.length === 0) return 'NIL';
  const texts: string[] = [];
  let length = 0;
  for (const field of found) {
    texts.push(readRawText(field.rawValue.slice(0, MAX_ADDRESS_TEXT)));
    length += field.rawValue.length;
    if (length > MAX_ADDRESS_TEXT) break;
  }
  const items = scanAddressList(texts.join(', '));
  return items.length === 0 ? 'NIL' : `(${items.map((item) => formatItem(item, isUtf8)).join('')})`;
}

/** RFC 3501 §7.4.2: a group starts with its name as mailbox and NIL host, and ends with both NIL. */
function formatItem(item: ListItem, isUtf8: boolean): string {
  if (item.kind === 'group') return `(NIL NIL ${formatSafe(item.name, isUtf8)} NIL)`;
  if (item.kind === 'end') return '(NIL NIL NIL NIL)';
  const name = item.name === '' ? 'NIL' : formatSafe(item.name, isUtf8);
  const route = item.route === '' ? 'NIL' : formatString(toOneLine(item.route), isUtf8);
  // Never NIL, which would read as a group: a missing half is the empty string.
  const local = formatString(toOneLine(item.local), isUtf8);
  const domain = formatString(toOneLine(isUtf8 ? item.domain : toSafeDomain(item.domain)), isUtf8);
  return `(${name} ${route} ${local} ${domain})`;
}

/** A domain has a 7-bit form; a local part has none, and stays what it is. */
function toSafeDomain(domain: string): string {
  return /[^\u0000-\u007f]/.test(domain) ? (toAsciiDomain(domain) ?? domain) : domain;
}

function toOneLine(text: string): string {
  return text.slice(0, MAX_TEXT).replace(/[\u0000-\u001f\u007f]/g, ' ');
}
