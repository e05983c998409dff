// Cuts the byte stream of a client into commands (RFC 3501 §2.2.1, §4.3; non-synchronizing literals
// RFC 7888; literal8 RFC 3516). Pure and resumable: push() bytes in any portions, call next() until it says 'need'.
//
// Invariants: a command's text never grows over `lineLimitBytes`; a literal is read only after the caller
// decided about it (keepLiteral, streamLiteral, refuseLiteral); a refused literal never becomes a command.
import { ByteQueue } from './byte-queue.ts';

/** Text of one command, all its lines together (imap.md part 3: as Dovecot). */
export const lineLimitBytes = 64 * 1024;

/** A piece of a command: text between literals (one character a byte), or a literal. */
export type Segment =
  | { kind: 'text'; text: string }
  | { kind: 'literal'; bytes: Buffer; isBinary?: boolean }
  | { kind: 'stream'; index: number; sizeBytes: number; isBinary: boolean };

/** `isBinary`: literal8 (RFC 3516 §6), written with "~" before it. */
export type Literal = { sizeBytes: number; isSynchronizing: boolean; isBinary: boolean };

export type FrameEvent =
  /** Nothing more can be said before the next push(). */
  | { kind: 'need' }
  /** A literal is announced after `segments`; the caller must decide before it calls next(). */
  | { kind: 'literal'; literal: Literal; segments: readonly Segment[] }
  /** Bytes of a streamed literal. */
  | { kind: 'chunk'; bytes: Buffer }
  /** The streamed literal is complete. */
  | { kind: 'streamed' }
  | { kind: 'command'; segments: readonly Segment[] }
  /** The command with the refused literal has been read to its end; answer it now. */
  | { kind: 'refused' }
  /** The line has no end within the limit: hang up. */
  | { kind: 'overflow' };

type Mode =
  | { name: 'line' }
  | { name: 'decide'; literal: Literal }
  | { name: 'keep'; leftBytes: number; isBinary: boolean }
  | { name: 'stream'; leftBytes: number }
  | { name: 'discard'; leftBytes: number }
  | { name: 'discard-line' }
  | { name: 'refused' };

// number is 32 bit (RFC 3501 §9); more digits are no literal but bad text.
const literalPattern = /(~?)\{(\d{1,10})(\+?)\}$/;

export class FrameReader {
  #queue = new ByteQueue();
  #mode: Mode = { name: 'line' };
  #segments: Segment[] = [];
  #textBytes = 0;
  #streams = 0;

  /** Adds what the socket gave. */
  push(chunk: Buffer): void {
    this.#queue.push(chunk);
  }

  /** Bytes that wait unread. */
  get pendingBytes(): number {
    return this.#queue.length;
  }

  /** Forgets everything unread and unfinished (RFC 3501 §6.2.1: nothing from before TLS may count after it). */
  reset(): void {
    this.#queue.clear();
    this.#startCommand();
  }

  /** Takes out all that waits behind the last command: it means something else from now on (COMPRESS). */
  takeRest(): Buffer {
    return this.#queue.take(this.#queue.length);
  }

  next(): FrameEvent {
    switch (this.#mode.name) {
      case 'line':
        return this.#readLine();
      case 'decide':
        return { kind: 'literal', literal: this.#mode.literal, segments: this.#segments };
      case 'keep':
        return this.#readKept(this.#mode);
      case 'stream':
        return this.#readStreamed(this.#mode);
      case 'discard':
      case 'discard-line':
        return this.#readDiscarded();
      case 'refused':
        this.#startCommand();
        return { kind: 'refused' };
    }
  }

  /** The announced literal becomes part of the command. */
  keepLiteral(): void {
    const { sizeBytes, isBinary } = this.#announced();
    this.#mode = { name: 'keep', leftBytes: sizeBytes, isBinary };
  }

  /** The announced literal is given in 'chunk' events; the command holds its index and size. */
  streamLiteral(): void {
    const { sizeBytes, isBinary } = this.#announced();
    this.#segments.push({ kind: 'stream', index: this.#streams++, sizeBytes, isBinary });
    this.#mode = { name: 'stream', leftBytes: sizeBytes };
  }

  /** The command is lost; next() says 'refused' where its answer belongs. */
  refuseLiteral(): void {
    const literal = this.#announced();
    // A client that waits for "+" and gets NO sends no literal (RFC 3501 §7.5); the other kind of
    // literal is on its way already and must be read over.
    this.#mode = literal.isSynchronizing
      ? { name: 'refused' }
      : { name: 'discard', leftBytes: literal.sizeBytes };
  }

  /**
   * One line that is no command: the answer to a continuation (AUTHENTICATE, IDLE), without its end.
   * null = not complete yet; 'overflow' = longer than `limitBytes`.
   */
  takeLine(limitBytes: number): string | 'overflow' | null {
    const length = this.#queue.lineLength();
    if (length > limitBytes || (length === 0 && this.#queue.length > limitBytes)) return 'overflow';
    return length === 0 ? null : withoutLineEnd(this.#queue.take(length));
  }

  #announced(): Literal {
    if (this.#mode.name !== 'decide') throw new Error('no literal waits for a decision');
    return this.#mode.literal;
  }

  #startCommand(): void {
    this.#mode = { name: 'line' };
    this.#segments = [];
    this.#textBytes = 0;
    this.#streams = 0;
  }

  #readLine(): FrameEvent {
    const line = this.#takeText();
    if (typeof line !== 'string') return line;
    const literal = findLiteral(line);
    if (literal === null) {
      const segments: Segment[] = [...this.#segments, { kind: 'text', text: line }];
      this.#startCommand();
      return { kind: 'command', segments };
    }
    const end = line.lastIndexOf('{') - (literal.isBinary ? 1 : 0);
    this.#segments.push({ kind: 'text', text: line.slice(0, end) });
    this.#mode = { name: 'decide', literal };
    return { kind: 'literal', literal, segments: this.#segments };
  }

  #takeText(): string | FrameEvent {
    const length = this.#queue.lineLength();
    const allowed = lineLimitBytes - this.#textBytes;
    if (length > allowed || (length === 0 && this.#queue.length > allowed)) {
      this.#queue.clear();
      return { kind: 'overflow' };
    }
    if (length === 0) return { kind: 'need' };
    this.#textBytes += length;
    return withoutLineEnd(this.#queue.take(length));
  }

  #readKept({ leftBytes, isBinary }: { leftBytes: number; isBinary: boolean }): FrameEvent {
    // Waits for the whole literal in the queue, which grows without copying again and again.
    if (this.#queue.length < leftBytes) return { kind: 'need' };
    const bytes = this.#queue.take(leftBytes);
    this.#segments.push({ kind: 'literal', bytes, ...(isBinary && { isBinary }) });
    this.#mode = { name: 'line' };
    return this.#readLine();
  }

  #readStreamed(mode: { leftBytes: number }): FrameEvent {
    if (mode.leftBytes === 0) {
      this.#mode = { name: 'line' };
      return { kind: 'streamed' };
    }
    if (this.#queue.length === 0) return { kind: 'need' };
    const bytes = this.#queue.take(mode.leftBytes);
    mode.leftBytes -= bytes.length;
    return { kind: 'chunk', bytes };
  }

  #readDiscarded(): FrameEvent {
    for (;;) {
      if (this.#mode.name === 'discard') {
        this.#mode.leftBytes -= this.#queue.skip(this.#mode.leftBytes);
        if (this.#mode.leftBytes > 0) return { kind: 'need' };
        this.#mode = { name: 'discard-line' };
      }
      const line = this.#takeText();
      if (typeof line !== 'string') return line;
      const literal = findLiteral(line);
      if (literal === null || literal.isSynchronizing) {
        this.#startCommand();
        return { kind: 'refused' };
      }
      this.#mode = { name: 'discard', leftBytes: literal.sizeBytes };
    }
  }
}

function findLiteral(line: string): Literal | null {
  const match = literalPattern.exec(line);
  if (!match) return null;
  const sizeBytes = Number(match[2]);
  if (sizeBytes > 0xffff_ffff) return null;
  return { sizeBytes, isSynchronizing: match[3] === '', isBinary: match[1] === '~' };
}

function withoutLineEnd(line: Buffer): string {
  const end = line.length - (line.at(-2) === 0x0d ? 2 : 1);
  return line.toString('latin1', 0, end);
}
