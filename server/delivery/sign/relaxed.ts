// The relaxed forms of header and body (RFC 6376 §3.4.2, §3.4.4) as a signer wants them: a message that is about
// to leave has CRLF line ends only. A large body is hashed in slices with turns for others between them.
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** About a quarter of a millisecond of work. */
const sliceBytes = 64 * 1024;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const breaks = Buffer.from('\r\n'.repeat(4096));

/** One field without its newline; `rawValue` may be folded, a character a byte (latin1). */
export function relaxField(key: string, rawValue: string): string {
  const value = rawValue
    .replace(/\r?\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '');
  return `${key}:${value}`;
}

/** SHA-256 of the relaxed body in base64, the value of "bh=". */
export async function hashBody(body: Buffer): Promise<string> {
  const hash = new RelaxedHash();
  for (let start = 0; start < body.length; start += sliceBytes) {
    if (start > 0) await nextTurn();
    hash.update(body.subarray(start, start + sliceBytes));
  }
  return hash.digest();
}

/** The hash of a body that comes in pieces, cut anywhere. */
export class RelaxedHash {
  private readonly hash = createHash('sha256');
  private out = Buffer.allocUnsafe(0);
  private length = 0;
  /** A blank is written when something follows it on its line. */
  private isBlankDue = false;
  /** Line ends are written when something follows them in the body. */
  private breaksDue = 0;
  private hasText = false;

  update(piece: Buffer): void {
    // A byte becomes two at most, and there may be a blank from the piece before.
    const needed = 2 * piece.length + 1;
    if (this.out.length < needed) this.out = Buffer.allocUnsafe(needed);
    let isCarried = this.breaksDue > 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at]!;
      if (byte === LF) {
        this.isBlankDue = false;
        this.breaksDue++;
      } else if (byte === SP || byte === TAB) this.isBlankDue = true;
      else if (byte !== CR) {
        if (isCarried) this.hashBreaks();
        else for (; this.breaksDue > 0; this.breaksDue--) this.writeBreak();
        isCarried = false;
        if (this.isBlankDue) this.out[this.length++] = SP;
        this.isBlankDue = false;
        this.out[this.length++] = byte;
        this.hasText = true;
      }
    }
    this.flush();
  }

  private writeBreak(): void {
    this.out[this.length++] = CR;
    this.out[this.length++] = LF;
  }

  /** Of pieces before there may be more than fit. */
  private hashBreaks(): void {
    for (let left = this.breaksDue * 2; left > 0; left -= breaks.length) {
      this.hash.update(left < breaks.length ? breaks.subarray(0, left) : breaks);
    }
    this.breaksDue = 0;
  }

  private flush(): void {
    if (this.length > 0) this.hash.update(this.out.subarray(0, this.length));
    this.length = 0;
  }

  digest(): string {
    // An empty body stays empty; any other ends with one line end.
    if (this.hasText) this.hash.update('\r\n');
    return this.hash.digest('base64');
  }
}
