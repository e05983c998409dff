// Mends line ends while a message streams in from a user's program: every bare CR or LF becomes CRLF
// (RFC 6409 §8 lets a submission server do so), and every NUL a blank: RFC 5322 has none, and some receivers drop
// it, after which what stood beside it may end the message. The state lives between chunks, so a split never
// matters.
const CR = 0x0d;
const LF = 0x0a;
const BLANK = 0x20;

export class NewlineMender {
  private endsWithCr = false;

  /** The chunk with whole line ends; a CR at its end is held back until what follows is known. */
  push(chunk: Buffer): Buffer {
    const out = Buffer.allocUnsafe(chunk.length * 2 + 2);
    let length = 0;
    let isAfterCr = this.endsWithCr;
    for (const byte of chunk) {
      if (isAfterCr || byte === LF) {
        out[length++] = CR;
        out[length++] = LF;
      }
      if (byte !== CR && byte !== LF) out[length++] = byte === 0 ? BLANK : byte;
      isAfterCr = byte === CR;
    }
    this.endsWithCr = isAfterCr;
    return out.subarray(0, length);
  }

  /** What was held back. */
  finish(): Buffer {
    const isOpen = this.endsWithCr;
    this.endsWithCr = false;
    return Buffer.from(isOpen ? '\r\n' : '');
  }
}
