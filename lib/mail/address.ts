// Mail addresses: lists in header fields (RFC 5322 §3.4 with the obsolete forms of §4.4, read tolerantly),
// and the one canonical spelling of an address that the rest of Drey stores and compares.
// Invariant: encoded words are decoded in display names only, never in an address.
import { domainToASCII } from 'node:url';
import { decodeWords, encodeWords, matchEncodedWord } from './words.ts';

const MAX_LIST_TEXT = 384 * 1024;
const MAX_ITEMS = 5_000;
const MAX_LITERAL = 300;

/** An address of a list: decoded display name, local part without quotes, domain as written. */
export type Address = { name: string; local: string; domain: string; group?: string };

/** What a list is made of, names still raw: mailboxes, and the begin and end of groups. */
export type ListItem =
  | { kind: 'mailbox'; name: string; route: string; local: string; domain: string }
  | { kind: 'group'; name: string }
  | { kind: 'end' };

type Token = {
  kind: 'word' | 'quoted' | 'literal' | 'comment' | 'special';
  text: string;
  isSpaced: boolean;
};

/**
 * The addresses of a header value (unfolded text). Members of a group carry its name. Broken input gives
 * what can be understood; an entry without `@` has an empty domain. At most 5,000 entries.
 */
export function parseAddressList(text: string): Address[] {
  const addresses: Address[] = [];
  let group: string | null = null;
  for (const item of scanAddressList(text)) {
    if (item.kind === 'group') group = decodeName(item.name);
    else if (item.kind === 'end') group = null;
    else {
      const { local, domain } = item;
      const address: Address = { name: decodeName(item.name), local, domain };
      addresses.push(group === null ? address : { ...address, group });
    }
  }
  return addresses;
}

function decodeName(raw: string): string {
  return decodeWords(raw)
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim();
}

/** The list as items in order, names with quotes undone but encoded words as they are (for ENVELOPE). */
export function scanAddressList(text: string): ListItem[] {
  const items: ListItem[] = [];
  const state = { words: [] as Token[], angle: null as Token[] | null, comment: '', hasAt: false };
  let isInGroup = false;
  const flush = () => {
    const mailbox = buildMailbox(state.words, state.angle, state.comment);
    if (mailbox) items.push(mailbox);
    state.words = [];
    state.angle = null;
    state.comment = '';
    state.hasAt = false;
  };
  const tokens = tokenize(text.slice(0, MAX_LIST_TEXT));
  for (let i = 0; i < tokens.length && items.length < MAX_ITEMS; i++) {
    const token = tokens[i]!;
    if (token.kind === 'comment') state.comment = token.text;
    else if (token.kind !== 'special' || token.text === '.' || token.text === '@') {
      state.words.push(token);
      if (token.kind === 'special' && token.text === '@') state.hasAt = true;
    } else if (token.text === ',') flush();
    else if (token.text === ';') {
      flush();
      if (isInGroup) items.push({ kind: 'end' });
      isInGroup = false;
    } else if (token.text === ':') {
      if (isInGroup || state.angle || state.hasAt) continue;
      items.push({ kind: 'group', name: joinWords(state.words) });
      state.words = [];
      state.comment = '';
      isInGroup = true;
    } else if (token.text === '<') {
      const end = findAngleEnd(tokens, i + 1);
      // `"a@b" <c@d> <e@f>`: the first address of an entry is the one that counts.
      state.angle ??= tokens.slice(i + 1, end);
      i = tokens[end]?.text === '>' ? end : end - 1;
    }
  }
  flush();
  if (isInGroup) items.push({ kind: 'end' });
  return items;
}

/** Every `local@domain` outside quotes and comments: in `eve@x <ada@y>` some readers take the other. */
export function findAddressLikes(text: string): string[] {
  const found: string[] = [];
  let words: Token[] = [];
  const flush = () => {
    for (const at of words.keys()) {
      if (!isSpecial(words[at]!, '@')) continue;
      const local = joinTight(words.slice(findLocalStart(words, at), at));
      found.push(joinAddress(local, joinTight(words.slice(at + 1, findDomainEnd(words, at)))));
    }
    words = [];
  };
  for (const token of tokenize(text.slice(0, MAX_LIST_TEXT))) {
    if (token.kind === 'special' && token.text !== '.' && token.text !== '@') flush();
    else if (token.kind !== 'comment') words.push(token);
  }
  flush();
  return found;
}

/** Index of the token that ends an angle address: `>`, or where an unclosed one must have ended. */
function findAngleEnd(tokens: Token[], from: number): number {
  const hasRoute = tokens[from]?.text === '@'; // obs-route holds commas and a colon
  let mayRoute = hasRoute;
  for (let i = from; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.kind !== 'special') continue;
    if (token.text === '>' || token.text === '<' || token.text === ';') return i;
    if (token.text === ',' && !mayRoute) return i;
    if (token.text === ':') mayRoute = false;
  }
  return tokens.length;
}

function buildMailbox(words: Token[], angle: Token[] | null, comment: string): ListItem | null {
  if (angle) {
    const name = joinWords(words) || comment.trim();
    return { kind: 'mailbox', name, ...readAngle(angle) };
  }
  if (words.length === 0) return null;
  const at = words.findLastIndex((word) => isSpecial(word, '@'));
  if (at < 0) {
    const isOneWord = words.every((word, i) => i === 0 || !word.isSpaced);
    const text = joinWords(words);
    if (isOneWord)
      return { kind: 'mailbox', name: comment.trim(), route: '', local: text, domain: '' };
    return { kind: 'mailbox', name: text, route: '', local: '', domain: '' };
  }
  const localStart = findLocalStart(words, at);
  const domainEnd = findDomainEnd(words, at);
  return {
    kind: 'mailbox',
    name: joinWords(words.slice(0, localStart)) || comment.trim(),
    route: '',
    local: joinTight(words.slice(localStart, at)),
    domain: joinTight(words.slice(at + 1, domainEnd)),
  };
}

function readAngle(tokens: Token[]): { route: string; local: string; domain: string } {
  let route = '';
  let rest = tokens.filter((token) => token.kind !== 'comment');
  if (rest[0] && isSpecial(rest[0], '@')) {
    const colon = rest.findIndex((token) => isSpecial(token, ':'));
    if (colon > 0) {
      route = joinTight(rest.slice(0, colon));
      rest = rest.slice(colon + 1);
    }
  }
  const at = rest.findLastIndex((token) => isSpecial(token, '@'));
  if (at < 0) return { route, local: joinTight(rest), domain: '' };
  return { route, local: joinTight(rest.slice(0, at)), domain: joinTight(rest.slice(at + 1)) };
}

/** `Joe Doe joe . doe @ example.com`: the local part reaches back over words that dots tie together. */
function findLocalStart(words: Token[], at: number): number {
  let start = at;
  while (start > 0) {
    const previous = words[start - 1]!;
    const current = words[start]!;
    const isTied =
      start === at || !current.isSpaced || isSpecial(current, '.') || isSpecial(previous, '.');
    if (!isTied) break;
    start--;
  }
  return start;
}

function findDomainEnd(words: Token[], at: number): number {
  let end = at + 1;
  while (end < words.length) {
    const word = words[end]!;
    const isTied =
      end === at + 1 || !word.isSpaced || isSpecial(word, '.') || isSpecial(words[end - 1]!, '.');
    if (!isTied) break;
    end++;
  }
  return end;
}

function isSpecial(token: Token, text: string): boolean {
  return token.kind === 'special' && token.text === text;
}

function joinWords(words: Token[]): string {
  return words
    .map((word, i) => (i > 0 && word.isSpaced ? ` ${word.text}` : word.text))
    .join('')
    .trim();
}

function joinTight(words: Token[]): string {
  return words.map((word) => word.text).join('');
}

const SPECIALS = '<>,;:@.';

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let isSpaced = false;
  let at = 0;
  const push = (kind: Token['kind'], value: string, end: number) => {
    tokens.push({ kind, text: value, isSpaced });
    isSpaced = false;
    at = end;
  };
  while (at < text.length) {
    const character = text[at]!;
    if (text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0x7f) {
      isSpaced = true;
      at++;
    } else if (character === '"') {
      const quoted = readDelimited(text, at, '"');
      push('quoted', quoted.value, quoted.end);
    } else if (character === '(') {
      const comment = readComment(text, at);
      push('comment', comment.value, comment.end);
      isSpaced = true;
    } else if (SPECIALS.includes(character)) push('special', character, at + 1);
    else if (character === '[' && closesSoon(text, at)) {
      const end = text.indexOf(']', at) + 1;
      push('literal', text.slice(at, end), end);
    } else {
      const end = findWordEnd(text, at);
      push('word', text.slice(at, end), end);
    }
  }
  return tokens;
}

function closesSoon(text: string, at: number): boolean {
  return text.slice(at, at + MAX_LITERAL).includes(']');
}

function findWordEnd(text: string, start: number): number {
  // Kept whole, as some mailers leave commas, dots or parentheses bare inside an encoded word.
  const encoded = matchEncodedWord(text, start);
  if (encoded) return encoded.end;
  let end = start + 1;
  while (end < text.length && !isWordEnd(text, end)) end++;
  return end;
}

function isWordEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code <= 0x20 || code === 0x7f) return true;
  const character = text[at]!;
  return SPECIALS.includes(character) || character === '"' || character === '(';
}

function readDelimited(text: string, start: number, close: string): { value: string; end: number } {
  const pieces: string[] = [];
  let from = start + 1;
  let at = from;
  for (; at < text.length && text[at] !== close; at++) {
    if (text[at] !== '\\' || at + 1 >= text.length) continue;
    pieces.push(text.slice(from, at));
    from = ++at;
  }
  pieces.push(text.slice(from, at));
  return { value: pieces.join(''), end: Math.min(at + 1, text.length) };
}

function readComment(text: string, start: number): { value: string; end: number } {
  let depth = 0;
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) break;
  }
  const value = text.slice(start + 1, at).replace(/\\(.)/g, '$1');
  return { value, end: Math.min(at + 1, text.length) };
}

/** Domain in lower-case A-label form (or a domain literal), null when it is none (RFC 5321 §4.1.2, RFC 5890). */
export function toAsciiDomain(text: string): string | null {
  if (text.startsWith('[')) return isDomainLiteral(text) ? text.toLowerCase() : null;
  // Checked before the URL parser sees it: that would also undo percent escapes and numbers.
  if (text.length > 255 || !/^[A-Za-z0-9._\u0080-\u{10ffff}-]+$/u.test(text)) return null;
  const ascii = /[^\u0000-\u007f]/.test(text) ? domainToASCII(text) : text.toLowerCase();
  if (ascii.length === 0 || ascii.length > 253) return null;
  const labels = ascii.split('.');
  const isLabel = (label: string) => /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/.test(label);
  if (!labels.every(isLabel)) return null;
  // An all-numeric last label would be an IP address (RFC 3696 §2).
  return /^\d+$/.test(labels.at(-1)!) ? null : ascii;
}

function isDomainLiteral(text: string): boolean {
  return text.length <= 60 && /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]{2,45})\]$/i.test(text);
}

/** True for a host name, in ASCII or Unicode, or an address literal in brackets. */
export function isValidDomain(text: string): boolean {
  return toAsciiDomain(text) !== null;
}

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\u{10ffff}-]";
const DOT_ATOM = new RegExp(`^${ATOM}+(?:\\.${ATOM}+)*$`, 'u');
const QUOTED = /^"(?:[ !#-[\]-~\u0080-\u{10ffff}]|\\[ -~])*"$/u;
const MAX_LOCAL_BYTES = 64; // RFC 5321 §4.5.3.1.1
const LONG_LOCAL = /^SRS[01][=+-]/i; // an address in an address (srs.ts)
const MAX_ADDRESS_BYTES = 254; // RFC 5321 §4.5.3.1.3, less the angle brackets

/** True for a dot-atom or quoted string (RFC 5321 §4.1.2, RFC 6531 §3.3) of at most 64 bytes. */
export function isValidLocalPart(local: string): boolean {
  const limit = LONG_LOCAL.test(local) ? MAX_ADDRESS_BYTES : MAX_LOCAL_BYTES;
  if (local.length === 0 || Buffer.byteLength(local) > limit) return false;
  if (/[\u0080-\u009f\u2028\u2029]/.test(local) || !local.isWellFormed()) return false;
  return DOT_ATOM.test(local) || QUOTED.test(local);
}

/**
 * The one spelling under which an address is stored: lower-case local part in NFC, quotes only where
 * needed, domain as lower-case A-label. Null when `text` is no address (no name, no angle brackets).
 */
export function canonicalAddress(text: string): string | null {
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf('@');
  if (at < 1 || trimmed.length > 400) return null;
  const domain = toAsciiDomain(trimmed.slice(at + 1));
  const written = trimmed.slice(0, at);
  if (domain === null || !isValidLocalPart(written)) return null;
  const content = written.startsWith('"') ? written.slice(1, -1).replace(/\\(.)/g, '$1') : written;
  const local = quoteLocal(content.normalize('NFC').toLowerCase());
  const address = `${local}@${domain}`;
  if (!isValidLocalPart(local) || Buffer.byteLength(address) > MAX_ADDRESS_BYTES) return null;
  return address;
}

function quoteLocal(content: string): string {
  if (DOT_ATOM.test(content)) return content;
  return `"${content.replace(/["\\]/g, '\\$&')}"`;
}

/** Address of a local part without quotes and a domain, quoted where RFC 5321 §4.1.2 needs it. */
export function joinAddress(local: string, domain: string): string {
  const safe = local.replace(/[\u0000-\u001f\u007f]/g, '');
  return domain === '' ? safe : `${quoteLocal(safe)}@${domain}`;
}

/** Both halves of an address at its last `@`; the domain is '' when there is none. */
export function splitAddress(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@');
  if (at < 0) return { local: address, domain: '' };
  return { local: address.slice(0, at), domain: address.slice(at + 1) };
}

/**
 * `user+detail` at the first of the delimiter characters (Postfix recipient_delimiter: any character of
 * the set). A delimiter in front is part of the name; '' as delimiter means no details.
 */
export function stripDetail(local: string, delimiter: string): { base: string; detail: string } {
  for (let i = 1; i < local.length; i++) {
    if (delimiter.includes(local[i]!))
      return { base: local.slice(0, i), detail: local.slice(i + 1) };
  }
  return { base: local, detail: '' };
}

/** `Name <address>` for a header field, the name quoted or encoded as needed; injection safe. */
export function formatAddress({ name, address }: { name: string; address: string }): string {
  const safeAddress = address.replace(/[\u0000-\u0020\u007f<>]/g, '');
  const safeName = formatPhrase(name, true);
  return safeName === '' ? safeAddress : `${safeName} <${safeAddress}>`;
}

/** An address of a list as text for people and search: decoded name, quoted where it would mislead. */
export function describeAddress(address: Address): string {
  const spec = joinAddress(address.local, address.domain).replace(/[<>]/g, '');
  const name = formatPhrase(address.name, false);
  if (name === '') return spec;
  return spec === '' ? name : `${name} <${spec}>`;
}

function formatPhrase(name: string, isEncoded: boolean): string {
  const safe = name
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim();
  if (isEncoded && (/[^\u0020-\u007e]/.test(safe) || safe.includes('=?'))) return encodeWords(safe);
  if (!/[()<>[\]:;@\\,."]/.test(safe)) return safe;
  return `"${safe.replace(/["\\]/g, '\\$&')}"`;
}
