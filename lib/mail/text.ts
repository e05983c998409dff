// What a message says, as plain text: for search, for the preview line, for readers without HTML. Own small
// HTML tokenizer: one pass, no tree, no scripts or styles. This text is never put into a page as markup.
import { decodeCharset } from './charset.ts';
import { decodeUnstructured, parseHeaderFields } from './header.ts';
import { decodeEntities } from './html-entity.ts';
import { type Part, partName } from './mime.ts';
import { decodeTransfer } from './transfer.ts';
import { decodeParameters } from './words.ts';

const MAX_HEADER_TEXT = 256 * 1024;
const MAX_INNER_HEADER_TEXT = 64 * 1024;
const MAX_BODY_TEXT = 2 * 1024 * 1024;
const MAX_NAMES_TEXT = 64 * 1024;
const MAX_HTML = 16 * 1024 * 1024;
const MAX_RAW_TEXT = 32 * 1024 * 1024;
const MAX_TEXT_PARTS = 1_000;
const MAX_PREVIEW = 200;

/** Elements whose content is no text for a reader. */
const HIDDEN = new Set(['script', 'style', 'head', 'title', 'template', 'svg', 'math']);
const RAW = new Set([
  'script',
  'style',
  'title',
  'textarea',
  'xmp',
  'noembed',
  'noframes',
  'iframe',
]);
const BLOCKS = new Set(
  (
    'address article aside blockquote body br center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 ' +
    'h4 h5 h6 header hr li main nav ol p pre section table tbody tfoot thead tr ul'
  ).split(' '),
);
const PARAGRAPHS = new Set(['p', 'blockquote', 'h1', 'h2', 'h3', 'ul', 'ol', 'table', 'pre', 'hr']);

/**
 * Plain text of an HTML document: blocks on lines of their own, cells apart, list items with a dash,
 * entities decoded. Input beyond 16 M characters is not read. Linear, never throws.
 */
export function htmlToText(html: string): string {
  const source = html.slice(0, MAX_HTML);
  const writer = new TextWriter();
  let hiddenBy = '';
  let hiddenDepth = 0;
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('<', at);
    const textEnd = open < 0 ? source.length : open;
    if (hiddenBy === '' && textEnd > at) writer.write(decodeEntities(source.slice(at, textEnd)));
    if (open < 0) break;
    const tag = readTag(source, open);
    at = tag.end;
    if (tag.name === '') {
      if (tag.isText && hiddenBy === '') writer.write(source.slice(open, tag.end));
      continue;
    }
    if (hiddenBy !== '') {
      if (tag.name === hiddenBy) hiddenDepth += tag.isEnd ? -1 : 1;
      if (hiddenDepth <= 0) hiddenBy = '';
    } else if (HIDDEN.has(tag.name) && !tag.isEnd && !tag.isSelfClosing) {
      hiddenBy = tag.name;
      hiddenDepth = 1;
    } else writer.mark(tag.name, tag.isEnd);
    if (RAW.has(tag.name) && !tag.isEnd && !tag.isSelfClosing) {
      const end = findEndTag(source, tag.name, at);
      if (hiddenBy === '') writer.write(decodeEntities(source.slice(at, end)));
      at = end;
    }
    // A page that never closes its head still has a body.
    if (tag.name === 'body' && hiddenBy === 'head') hiddenBy = '';
  }
  return writer.finish();
}

type Tag = { name: string; isEnd: boolean; isSelfClosing: boolean; isText: boolean; end: number };

/** The markup that starts with the `<` at `open`: a tag, something without a name (comment), or mere text. */
function readTag(source: string, open: number): Tag {
  const none = { name: '', isEnd: false, isSelfClosing: false, isText: false };
  if (source.startsWith('<!--', open)) {
    const close = source.indexOf('-->', open + 2);
    return { ...none, end: close < 0 ? source.length : close + 3 };
  }
  const isEnd = source[open + 1] === '/';
  const nameStart = isEnd ? open + 2 : open + 1;
  if (!isLetter(source.charCodeAt(nameStart))) {
    const next = source[open + 1];
    if (next !== '!' && next !== '?' && next !== '/')
      return { ...none, isText: true, end: open + 1 };
    const close = source.indexOf('>', open);
    return { ...none, end: close < 0 ? source.length : close + 1 };
  }
  let nameEnd = nameStart;
  while (nameEnd < source.length && !/[\s/>]/.test(source[nameEnd]!)) nameEnd++;
  const end = findTagEnd(source, nameEnd);
  const isSelfClosing = source[end - 2] === '/';
  const name = source.slice(nameStart, Math.min(nameEnd, nameStart + 20)).toLowerCase();
  return { name, isEnd, isSelfClosing, isText: false, end };
}

/** Behind the `>` of a tag; quoted attribute values may hold one. */
function findTagEnd(source: string, from: number): number {
  let at = from;
  while (at < source.length) {
    const character = source[at];
    if (character === '>') return at + 1;
    if (character === '=') {
      let value = at + 1;
      while (value < source.length && source.charCodeAt(value) <= 0x20) value++;
      const quote = source[value];
      if (quote === '"' || quote === "'") {
        const close = source.indexOf(quote, value + 1);
        if (close < 0) return source.length;
        at = close + 1;
        continue;
      }
      at = value;
      continue;
    }
    at++;
  }
  return source.length;
}

function findEndTag(source: string, name: string, from: number): number {
  let at = source.indexOf('</', from);
  while (at >= 0) {
    if (source.slice(at + 2, at + 2 + name.length).toLowerCase() === name) return at;
    at = source.indexOf('</', at + 2);
  }
  return source.length;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

/** Collects text, with white space collapsed as HTML does it. */
class TextWriter {
  private readonly pieces: string[] = [];
  private newlines = 2; // at the end of what was written; 2 at the start, so that nothing leads
  private owedNewlines = 0;
  private owesSpace = false;
  private preDepth = 0;
  private endsInDash = false;

  write(text: string): void {
    if (this.preDepth > 0) {
      text.split('\n').forEach((line, i) => {
        if (i > 0) this.owedNewlines = Math.min(2, this.owedNewlines + 1);
        if (line.trim() !== '') this.put(line.trimEnd());
      });
      return;
    }
    const words = text.replace(/[ \t\r\n\f]+/g, ' ');
    if (words.startsWith(' ')) this.owesSpace = true;
    const solid = words.trim();
    if (solid === '') return;
    this.put(solid);
    this.owesSpace = words.endsWith(' ');
  }

  mark(name: string, isEnd: boolean): void {
    if (name === 'pre') this.preDepth = Math.max(0, this.preDepth + (isEnd ? -1 : 1));
    if (name === 'td' || name === 'th') this.owesSpace = true;
    if (!BLOCKS.has(name)) return;
    this.owesSpace = false;
    if (name === 'br') this.owedNewlines = Math.min(2, this.owedNewlines + 1);
    else this.owedNewlines = Math.max(this.owedNewlines, PARAGRAPHS.has(name) ? 2 : 1);
    if (name === 'li' && !isEnd) this.put('- ');
  }

  finish(): string {
    return this.pieces.join('').trim();
  }

  private put(text: string): void {
    const missing = this.owedNewlines - this.newlines;
    if (missing > 0) this.pieces.push('\n'.repeat(missing));
    else if (this.owesSpace && !this.endsInDash && this.newlines + this.owedNewlines === 0)
      this.pieces.push(' ');
    this.pieces.push(text);
    this.endsInDash = text === '- ';
    this.newlines = 0;
    this.owedNewlines = 0;
    this.owesSpace = false;
  }
}

/**
 * Decoded text of a message for search: header fields as `Name: value` lines, and the text of its text parts
 * (attached ones too), of messages within and their headers, and the names of its attachments.
 * `leadText` is the first text of the message itself, what a preview is made from.
 *
 * What lies beyond is not found: 256 K characters of header, 64 K of an inner one, 2 M of body, 1000 text parts,
 * 32 MB of them as they are encoded, 64 K characters of names, which have room of their own.
 */
export function extractText(
  bytes: Buffer,
  part: Part,
): { headerText: string; bodyText: string; leadText: string } {
  const body = new TextBudget(MAX_BODY_TEXT);
  const names = new TextBudget(MAX_NAMES_TEXT);
  collectText(bytes, part, body, names);
  const bodyText = [body.finish(), names.finish()].filter((text) => text !== '').join('\n');
  const headerText = readHeaderText(bytes, part, MAX_HEADER_TEXT);
  return { headerText, bodyText, leadText: body.leadText };
}

/** Pieces of text up to a number of characters. */
class TextBudget {
  left: number;
  partsLeft = MAX_TEXT_PARTS;
  rawLeft = MAX_RAW_TEXT;
  leadText = '';
  private readonly pieces: string[] = [];

  constructor(limit: number) {
    this.left = limit;
  }

  add(text: string, isLead = false): void {
    const clean = cleanText(text).slice(0, Math.max(0, this.left));
    if (clean === '') return;
    if (isLead && this.leadText === '') this.leadText = clean;
    this.pieces.push(clean);
    this.left -= clean.length + 1;
  }

  finish(): string {
    return this.pieces.join('\n').toWellFormed();
  }
}

/** Text that every database takes: no NUL, LF as newline, no trailing blanks at the ends. */
function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, ' ')
    .trim();
}

function collectText(
  bytes: Buffer,
  part: Part,
  body: TextBudget,
  names: TextBudget,
  isLead = true,
): void {
  if (part.type === 'multipart') {
    const isAlternative = part.subtype === 'alternative';
    let plain = '';
    for (const child of part.children) {
      if (isAlternative && child.type === 'text' && body.partsLeft > 0) {
        const text = takePartText(bytes, child, body);
        // Not where white space alone differs: a line break in one of them may part what is looked for.
        if (plain !== '' && text.trim() === plain.trim()) continue;
        plain = text;
        body.add(text, isLead && child.disposition !== 'attachment');
      } else collectText(bytes, child, body, names, isLead);
    }
    return;
  }
  const name = partName(part);
  if (name !== '') names.add(name);
  if (part.message) {
    const inner = part.message.part;
    body.add(readHeaderText(bytes, inner, Math.min(MAX_INNER_HEADER_TEXT, body.left)));
    collectText(bytes, inner, body, names, false);
  } else if (part.type === 'text' && body.left > 0 && body.partsLeft > 0) {
    body.add(takePartText(bytes, part, body), isLead && part.disposition !== 'attachment');
  }
}

/** Text of a part within what is left of the budgets, raw bytes included. */
function takePartText(bytes: Buffer, part: Part, body: TextBudget): string {
  body.partsLeft--;
  const text = readPartText(bytes, part, body.left, body.rawLeft);
  body.rawLeft -= Math.min(body.rawLeft, part.bodyEnd - part.bodyStart);
  return text;
}

/** Decoded plain text of a text part, HTML reduced to text; about `limit` characters at most. */
export function readPartText(
  bytes: Buffer,
  part: Part,
  limit = MAX_BODY_TEXT,
  maxRawBytes = MAX_RAW_TEXT,
): string {
  const isHtml = part.subtype === 'html' || part.subtype === 'xhtml+xml';
  // Enough raw bytes for `limit` characters even as base64 of a multi-byte charset, and then markup.
  const rawLimit = Math.min(limit * (isHtml ? 16 : 6), maxRawBytes);
  const raw = bytes.subarray(part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + rawLimit));
  const charset = decodeParameters(part.parameters).get('charset') ?? '';
  const text = decodeCharset(decodeTransfer(raw, part.encoding), charset);
  return (isHtml ? htmlToText(text) : text).slice(0, limit);
}

function readHeaderText(bytes: Buffer, part: Part, limit: number): string {
  const text = new TextBudget(limit);
  for (const field of parseHeaderFields(bytes.subarray(part.headerStart, part.headerEnd))) {
    if (text.left <= 0) break;
    const raw = field.rawValue.slice(0, text.left * 2);
    text.add(`${field.name}: ${decodeUnstructured(raw)}`);
  }
  return text.finish();
}

const SIGNATURE = /^--\s?$/;
const ATTRIBUTION = /^(?:On|Am|Le|El|Il|Op|Em|Den|Dnia)\s.{5,300}:$/;

/**
 * The first words of a body on one line, at most 200 characters: without quotes, the line that introduces
 * them, the signature, and the invisible characters newsletters pad with.
 */
export function makePreview(bodyText: string): string {
  const words: string[] = [];
  let length = 0;
  for (const raw of bodyText.slice(0, 20_000).split('\n')) {
    const line = raw
      .replace(/[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\u034f/g, '')
      .replace(/\s+/g, ' ')
      .trim();
    if (SIGNATURE.test(line)) break;
    if (line === '' || line.startsWith('>') || ATTRIBUTION.test(line) || isRuler(line)) continue;
    words.push(line);
    length += line.length + 1;
    if (length > MAX_PREVIEW) break;
  }
  return cutText(words.join(' '), MAX_PREVIEW);
}

function isRuler(line: string): boolean {
  return /^[-=_*#~+. ]+$/.test(line);
}

/** The first `limit` characters without half a surrogate pair at the end. */
function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text.toWellFormed();
  const cut = text.slice(0, limit);
  return (/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut).trimEnd().toWellFormed();
}
