// Reads one command by the words of the formal syntax (RFC 3501 §9). Each method takes exactly its word
// or throws Bad; a try… method takes nothing when its word is not there. Never loops without progress.
import { isUtf8 } from 'node:buffer';
import { Refusal } from '#lib/errors.ts';
import { decodeMailboxName, decodeUtf8MailboxName } from '#lib/mail/mutf7.ts';
import { Bad } from './bad.ts';
import type { Segment } from './frame.ts';
import { type Range, type SequenceSet, savedResult } from './sequence-set.ts';

/** Parentheses within parentheses (CVE-2026-27857). */
export const depthLimit = 100;

const atomPattern = /[^\u0000-\u0020\u007f-\u00ff(){%*"\\\]]+/y;
const astringPattern = /[^\u0000-\u0020\u007f-\u00ff(){%*"\\]+/y;
const listPattern = /[^\u0000-\u0020\u007f-\u00ff(){"\\]+/y;
const tagPattern = /[^\u0000-\u0020\u007f-\u00ff(){%*"\\+]+/y;
const quotedPattern = /"([^"\\\r\n\u0000]*(?:\\["\\][^"\\\r\n\u0000]*)*)"/y;
const numberPattern = /\d{1,19}/y;
const rangePattern = /(\d{1,10}|\*)(?::(\d{1,10}|\*))?/y;

export class Cursor {
  readonly #segments: readonly Segment[];
  readonly #isUtf8: boolean;
  #index = 0;
  #text = '';
  #at = 0;

  /**
   * `segments` alternate: text, literal, text, …; both ends are text. `isUtf8`: the client has enabled
   * UTF8=ACCEPT or IMAP4rev2, so names of mailboxes are UTF-8 and not modified UTF-7 (RFC 9755 §3).
   */
  constructor(segments: readonly Segment[], isUtf8 = false) {
    this.#segments = segments;
    this.#isUtf8 = isUtf8;
    const first = segments[0];
    if (first?.kind === 'text') this.#text = first.text;
  }

  /** Next character, '' where a literal or the end stands. */
  peek(): string {
    return this.#text[this.#at] ?? '';
  }

  isAtEnd(): boolean {
    return this.#at >= this.#text.length && this.#index >= this.#segments.length - 1;
  }

  expectEnd(): void {
    if (!this.isAtEnd()) throw new Bad('Unexpected text after the command');
  }

  /** Takes `word` (any case) when it stands here. */
  tryWord(word: string): boolean {
    const found = this.#text.slice(this.#at, this.#at + word.length);
    if (found.toUpperCase() !== word) return false;
    this.#at += word.length;
    return true;
  }

  expect(word: string): void {
    if (!this.tryWord(word)) throw new Bad(`Expected ${word === ' ' ? 'a space' : word}`);
  }

  /** RFC 3501 §9: one SP between words. */
  space(): void {
    this.expect(' ');
  }

  trySpace(): boolean {
    return this.tryWord(' ');
  }

  tag(): string {
    return this.#match(tagPattern)?.[0] ?? fail('Expected a tag');
  }

  atom(): string {
    return this.#match(atomPattern)?.[0] ?? fail('Expected an atom');
  }

  /** An atom in upper case: command names, keys, items. */
  keyword(): string {
    return this.atom().toUpperCase();
  }

  /** Takes what the sticky `pattern` matches here, or nothing. */
  tryPattern(pattern: RegExp): string | null {
    return this.#match(pattern)?.[0] ?? null;
  }

  /** number, 32 bit. */
  number(): number {
    const value = this.number64();
    if (value > 0xffff_ffff) throw new Bad('The number is too large');
    return value;
  }

  nonZeroNumber(): number {
    const value = this.number();
    if (value === 0) throw new Bad('The number must not be zero');
    return value;
  }

  /** mod-sequence value, 63 bit (RFC 7162 §7); beyond 2^53 everything is equally far in the future. */
  modseq(): number {
    return this.number64();
  }

  /** number64 (RFC 9051 §9); what is beyond 2^53 is that. */
  number64(): number {
    const digits = this.#match(numberPattern)?.[0] ?? fail('Expected a number');
    return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
  }

  /** string: quoted or literal, as bytes. */
  string(): Buffer {
    return this.tryString() ?? fail('Expected a string');
  }

  tryString(): Buffer | null {
    const quoted = this.#match(quotedPattern);
    if (quoted) return this.#unquote(quoted[1]!);
    const literal = this.#peekLiteral();
    // RFC 3516 §6: literal8 stands only where the grammar names it.
    if (!literal || literal.isBinary) return null;
    this.#enter(this.#index + 2);
    return literal.bytes;
  }

  /** literal8 (RFC 4466 §2.3), or null when none stands here. */
  tryLiteral8(): Buffer | null {
    const literal = this.#peekLiteral();
    if (!literal?.isBinary) return null;
    this.#enter(this.#index + 2);
    return literal.bytes;
  }

  #unquote(text: string): Buffer {
    const bytes = Buffer.from(text.replace(/\\(.)/g, '$1'), 'latin1');
    // RFC 9755 §3
    if (this.#isUtf8 && !isUtf8(bytes)) throw new Bad('The quoted string is not valid UTF-8');
    return bytes;
  }

  #peekLiteral() {
    if (this.#at < this.#text.length) return null;
    const segment = this.#segments[this.#index + 1];
    return segment?.kind === 'literal' ? segment : null;
  }

  /** nstring: string or NIL. */
  nstring(): Buffer | null {
    return this.tryString() ?? (this.tryWord('NIL') ? null : fail('Expected a string or NIL'));
  }

  /** astring, as bytes. */
  astring(): Buffer {
    const word = this.#match(astringPattern)?.[0];
    if (word !== undefined) return Buffer.from(word, 'latin1');
    return this.tryString() ?? fail('Expected a word or a string');
  }

  /** astring as text: UTF-8, without NUL. */
  astringText(): string {
    return decodeText(this.astring());
  }

  /** mailbox: its name in NFC; INBOX in upper case. Refusal 'invalid' for a name that cannot be. */
  mailbox(): string {
    const name = this.#decodeName(this.astring());
    if (name === null) {
      const form = this.#isUtf8 ? 'UTF-8' : 'modified UTF-7';
      throw new Refusal('invalid', `The mailbox name is not valid ${form}`);
    }
    return canonicalName(name);
  }

  /** mailbox, and how it was written where it has another canonical form (RFC 9051 §5.1.1 OLDNAME); else null. */
  writtenMailbox(): { name: string; written: string | null } {
    // Modified UTF-7 has one form.
    if (!this.#isUtf8) return { name: this.mailbox(), written: null };
    const from = { index: this.#index, at: this.#at };
    const raw = this.astring().toString('utf8');
    this.#enter(from.index);
    this.#at = from.at;
    const name = this.mailbox();
    const isSame = raw === name || canonicalName(raw) === name;
    return { name, written: isSame ? null : raw };
  }

  #decodeName(bytes: Buffer): string | null {
    if (this.#isUtf8) return decodeUtf8MailboxName(bytes);
    return decodeMailboxName(bytes.toString('latin1'));
  }

  /** list-mailbox: a name with wildcards, decoded; null when it can match nothing. */
  listMailbox(): string | null {
    const word = this.#match(listPattern)?.[0];
    const bytes = word === undefined ? this.tryString() : Buffer.from(word, 'latin1');
    if (!bytes) throw new Bad('Expected a mailbox pattern');
    return this.#decodeName(bytes);
  }

  sequenceSet(): SequenceSet {
    if (this.tryWord('$')) return savedResult; // RFC 5182 §3
    const ranges: Range[] = [];
    do {
      const match = this.#match(rangePattern) ?? fail('Expected a sequence set');
      const from = readEdge(match[1]!);
      ranges.push([from, match[2] === undefined ? from : readEdge(match[2])]);
    } while (this.tryWord(','));
    return ranges;
  }

  /** "(" items with one space between ")"; `item` must take something. */
  list(item: () => void): void {
    this.expect('(');
    if (this.tryWord(')')) return;
    do item();
    while (this.trySpace());
    this.expect(')');
  }

  /** flag: "\Name" or a keyword, as written. */
  flag(): string {
    const isSystem = this.tryWord('\\');
    return (isSystem ? '\\' : '') + this.atom();
  }

  /** flag-list in parentheses. */
  flagList(): string[] {
    const flags: string[] = [];
    this.list(() => flags.push(this.flag()));
    return flags;
  }

  /** A literal that was streamed (APPEND), or null when none stands here. */
  tryStream(): { index: number; sizeBytes: number; isBinary: boolean } | null {
    if (this.#at < this.#text.length) return null;
    const segment = this.#segments[this.#index + 1];
    if (segment?.kind !== 'stream') return null;
    this.#enter(this.#index + 2);
    const { index, sizeBytes, isBinary } = segment;
    return { index, sizeBytes, isBinary };
  }

  #enter(index: number): void {
    const segment = this.#segments[index];
    this.#index = index;
    this.#text = segment?.kind === 'text' ? segment.text : '';
    this.#at = 0;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at += match[0].length;
    return match;
  }
}

/** RFC 3501 §5.1: INBOX in any case is the inbox; below it only the first level is special. */
export function canonicalName(name: string): string {
  return /^inbox(?=\/|$)/i.test(name) ? `INBOX${name.slice(5)}` : name;
}

/** Bytes of an astring as text; UTF-8 is required, NUL never allowed (RFC 3501 §9 CHAR8). */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (text.includes('\u0000')) throw new Bad('NUL is not allowed');
  return text;
}

function readEdge(text: string): number {
  if (text === '*') return Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (value === 0 || value > 0xffff_ffff) throw new Bad('Invalid number in a sequence set');
  return value;
}

function fail(text: string): never {
  throw new Bad(text);
}
