// Cuts a streaming message at the end of its header, so that the header can be read and completed before
// the first byte is staged. Holds the header only, up to a limit.
const emptyLine = Buffer.from('\r\n\r\n');

/** Far more than real mail has; Postfix: header_size_limit is 100 kB. */
export const headerLimitBytes = 512 * 1024;

export class HeaderCutter {
  private held = Buffer.alloc(16 * 1024);
  private length = 0;
  private isCut = false;

  /** Whether the header did not end within the limit. */
  isTooBig = false;

  /**
   * Takes a chunk. Returns null while the header is not complete, then once the header with its empty line
   * and the first bytes of the body; after that only bodies.
   */
  push(chunk: Buffer): { header: Buffer | null; body: Buffer } | null {
    if (this.isCut) return { header: null, body: chunk };
    if (this.isTooBig) return null;
    const from = Math.max(0, this.length - emptyLine.length + 1);
    this.hold(chunk);
    const seen = this.held.subarray(0, this.length);
    // A message that starts with an empty line has no header at all.
    const startsEmpty = this.length >= 2 && seen[0] === 0x0d && seen[1] === 0x0a;
    const at = startsEmpty ? -2 : seen.indexOf(emptyLine, from);
    const end = at + emptyLine.length;
    if (startsEmpty || at >= 0) {
      this.isCut = true;
      this.isTooBig = end > headerLimitBytes;
      return { header: seen.subarray(0, end), body: seen.subarray(end) };
    }
    this.isTooBig = this.length > headerLimitBytes;
    return null;
  }

  /** The message ended: what was held is all header; null where it was cut before. */
  finish(): Buffer | null {
    return this.isCut ? null : this.held.subarray(0, this.length);
  }

  private hold(chunk: Buffer): void {
    const needed = this.length + chunk.length;
    if (needed > this.held.length) {
      const grown = Buffer.alloc(Math.max(needed, this.held.length * 2));
      this.held.copy(grown, 0, 0, this.length);
      this.held = grown;
    }
    chunk.copy(this.held, this.length);
    this.length = needed;
  }
}
