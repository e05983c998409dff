// Line ends of a message on the wire. RFC 5321 §2.3.8: CR and LF only together; a bare one is what SMTP
// smuggling is made of. The checker keeps its state between chunks, so a split never hides a pair.

/** True when a CR stands without LF after it, or an LF without CR before it. */
export function hasBareNewline(bytes: Uint8Array): boolean {
  const checker = new LineChecker();
  return checker.push(bytes) || checker.finish();
}

/** The same over a stream: `push` each chunk, `finish` at the end; both say whether one was seen so far. */
export class LineChecker {
  hasBare = false;
  private endsWithCr = false;

  push(chunk: Uint8Array): boolean {
    if (this.hasBare) return true;
    let isAfterCr = this.endsWithCr;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if ((byte === 0x0a) !== isAfterCr) {
        this.hasBare = true;
        return true;
      }
      isAfterCr = byte === 0x0d;
    }
    this.endsWithCr = isAfterCr;
    return false;
  }

  finish(): boolean {
    if (this.endsWithCr) this.hasBare = true;
    return this.hasBare;
  }
}

/** Every bare CR or LF as CRLF; the same buffer comes back when there is nothing to do. */
export function normalizeNewlines(bytes: Buffer): Buffer {
  if (!hasBareNewline(bytes)) return bytes;
  let added = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 0x0d && bytes[i + 1] !== 0x0a) added++;
    else if (bytes[i] === 0x0a && bytes[i - 1] !== 0x0d) added++;
  }
  const out = Buffer.allocUnsafe(bytes.length + added);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0x0a && bytes[i - 1] !== 0x0d) out[length++] = 0x0d;
    out[length++] = byte;
    if (byte === 0x0d && bytes[i + 1] !== 0x0a) out[length++] = 0x0a;
  }
  return out;
}

/** Every NUL as a blank; the same buffer comes back when there is none. */
export function replaceNul(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes;
  const out = Buffer.from(bytes);
  for (let at = out.indexOf(0); at >= 0; at = out.indexOf(0, at + 1)) out[at] = 0x20;
  return out;
}
