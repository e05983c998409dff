// The footer of a domain in a message: below the text, in both forms of multipart/alternative, in the charset and the
// transfer encoding that the part has. Not in what is signed or encrypted (RFC 1847, S/MIME, OpenPGP, also inline), and
// not where its words stand already, as in the quote of an answer. All or nothing: a message whose parts cannot
// all be read gets none. Only what stands at the beginning of a message is looked at.
import { isAscii } from 'node:buffer';
import { decodeCharset } from '#lib/mail/charset.ts';
import { findField, parseHeaderFields } from '#lib/mail/header.ts';
import { type Part, parseMime } from '#lib/mail/mime.ts';
import { completeSignature } from '#lib/mail/signature.ts';
import { htmlToText } from '#lib/mail/text.ts';
import { decodeTransfer, encodeBase64, encodeQuotedPrintable } from '#lib/mail/transfer.ts';
import { cleanOutgoing } from '#lib/webmail/compose/outgoing-html.ts';
import { applyEdits, declareMime, type Edit, isHeaderEnded, setField } from '../convert/edit.ts';
import { listTexts } from './texts.ts';

/** Texts end within so many octets, or the message stays without a footer. */
const windowBytes = 256 * 1024;
const encodings = new Set(['', '7bit', '8bit', 'binary', 'quoted-printable', 'base64']);
/** Charsets in which octets below 128 may mean something else than ASCII. */
const notAscii = /^(?:utf-?(?:7|16|32)|unicode|ucs|iso-2022|hz|x?-?ebcdic)/i;

/** A form of the text, decoded. */
type Read = { part: Part; content: Buffer; charset: string; text: string };
/** What a part holds afterwards. */
type Written = { content: Buffer; charset: string };

/** The message with the footer; the same buffer where it gets none. Never throws for what the message holds. */
export function addFooter(message: Buffer, footer: { text: string; html: string }): Buffer {
  const { text, html } = completeSignature({
    text: footer.text,
    html: cleanOutgoing(footer.html, {
      resolveImage: (url) => (/^https?:\/\//i.test(url) ? url : null),
    }),
  });
  const window = message.subarray(0, windowBytes);
  const root = parseMime(window);
  if (text.trim() === '' || isResent(window, root)) return message;
  const isReadable = (part: Part) =>
    (part.bodyEnd < window.length || window.length === message.length) &&
    isHeaderEnded(window, part) &&
    encodings.has(part.encoding);
  const parts = listTexts(root) ?? [];
  if (parts.length === 0 || !parts.every(isReadable)) return message;
  const reads = parts.map((part) => readPart(window, part));
  const formOf = ({ part }: Read) => (part.subtype === 'html' ? html : text);
  if (reads.some((read) => isClosed(read, formOf(read)))) return message;
  const edits: Edit[] = [];
  for (const read of reads) {
    const written = read.part.subtype === 'html' ? writeHtml(read, html) : writeText(read, text);
    if (!written) return message;
    edits.push(...replace(message, read, written));
  }
  return applyEdits(message, [...edits, ...declareMime(message, root)]);
}

/** RFC 5322 §3.6.6: somebody else's mail that a user sends on. */
function isResent(message: Buffer, { headerEnd }: Part): boolean {
  return findField(parseHeaderFields(message.subarray(0, headerEnd)), 'resent-from') !== null;
}

function readPart(message: Buffer, part: Part): Read {
  const content = decodeTransfer(message.subarray(part.bodyStart, part.bodyEnd), part.encoding);
  const charset = (part.parameters.charset ?? '').trim().toLowerCase();
  const text = decodeCharset(content, charset);
  return { part, content, charset, text };
}

/** Signed or encrypted in the text itself (OpenPGP's armour), or it has this form of the footer already. */
function isClosed({ part, text }: Read, footer: string): boolean {
  if (/^-----BEGIN PGP /m.test(text)) return true;
  const isHtml = part.subtype === 'html';
  const words = joinWords(isHtml ? htmlToText(footer) : footer);
  // Pictures alone: they stand there as they were written.
  if (words === '') return text.includes(toAscii(footer));
  // A word that no markup can hide: most mails do not have it, and need not be read closer.
  const [word = ''] = (words.match(/[A-Za-z]+/g) ?? []).sort((x, y) => y.length - x.length);
  return text.includes(word) && joinWords(isHtml ? htmlToText(text) : text).includes(words);
}

/** Words without line ends and the marks of quotes between them. */
function joinWords(text: string): string {
  return text
    .replace(/^[> \t]+/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function writeText({ part, content, charset, text }: Read, footer: string): Written | null {
  const isFlowed = (part.parameters.format ?? '').toLowerCase() === 'flowed';
  const lines = footer.split('\n').map((line) => {
    const solid = line.trimEnd();
    // RFC 3676 §4.4: stuffed, and without the blank that would join it to the next.
    return isFlowed && /^(?:[ >]|From )/.test(solid) ? ` ${solid}` : solid;
  });
  const isEnded = content.length === 0 || content.at(-1) === 0x0a;
  const added = `${isEnded ? '' : '\r\n'}\r\n${lines.join('\r\n')}\r\n`;
  const isPlain = charset === '' || /^(?:us-)?ascii$/.test(charset);
  if (!notAscii.test(charset)) {
    const isKept = isAscii(Buffer.from(added)) || /^utf-?8$/.test(charset);
    if (isKept) return { content: Buffer.concat([content, Buffer.from(added)]), charset };
  }
  // Octets that no charset explains cannot be taken over into another.
  const isSure = isPlain ? isAscii(content) : !text.includes('\ufffd');
  return isSure ? { content: Buffer.from(text + added), charset: 'utf-8' } : null;
}

/** Markup that fits into whatever charset a page has. */
function toAscii(html: string): string {
  return html.replace(/[^\u0000-\u007f]/gu, (character) => `&#${character.codePointAt(0)};`);
}

function writeHtml({ content, charset }: Read, footer: string): Written | null {
  if (notAscii.test(charset)) return null;
  const added = `\r\n<div>${toAscii(footer)}</div>\r\n`;
  const page = content.toString('latin1');
  const at = findPageEnd(page);
  return {
    content: Buffer.concat([
      content.subarray(0, at),
      Buffer.from(added, 'latin1'),
      content.subarray(at),
    ]),
    charset,
  };
}

/** Before the last end of the body, else of the page, else behind everything. */
function findPageEnd(page: string): number {
  const ends = [/<\/body\s*>/gi, /<\/html\s*>/gi].map((end) => [...page.matchAll(end)].at(-1));
  return (ends[0] ?? ends[1])?.index ?? page.length;
}

function replace(message: Buffer, { part, charset }: Read, written: Written): Edit[] {
  const { bodyStart, bodyEnd, encoding } = part;
  const edits: Edit[] = [];
  let bytes = written.content;
  if (encoding === 'base64') bytes = encodeBase64(bytes);
  else if (encoding === 'quoted-printable') bytes = encodeQuotedPrintable(bytes);
  else if (!isAscii(bytes) && encoding !== '8bit') {
    bytes = encodeQuotedPrintable(bytes);
    edits.push(setField(message, part, 'Content-Transfer-Encoding', 'quoted-printable'));
  }
  edits.push({ start: bodyStart, end: bodyEnd, bytes });
  if (written.charset !== charset) {
    edits.push(setField(message, part, 'Content-Type', formatType(part, written.charset)));
  }
  return edits;
}

/** The type with its parameters, which are in the form of the wire (lib/mail/words.ts). */
function formatType({ type, subtype, parameters }: Part, charset: string): string {
  const others = Object.entries(parameters).filter(([name]) => name !== 'charset');
  const shown = others.map(([name, value]) =>
    name.endsWith('*') ? `${name}=${value}` : `${name}="${value.replace(/["\\]/g, '\\$&')}"`,
  );
  return [`${type}/${subtype}; charset=${charset}`, ...shown].join(';\r\n\t');
}
