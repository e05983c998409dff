// What RETR and TOP send of a message: its octets with the blank line that a message must have.
const lf = 10;

/** The offset behind the blank line that ends the header, or -1 for a message without one. */
export function findBody(bytes: Buffer): number {
  if (bytes[0] === lf) return 1;
  if (bytes[0] === 13 && bytes[1] === lf) return 2;
  for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, at + 1)) {
    if (bytes[at + 1] === lf) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === lf) return at + 3;
  }
  return -1;
}

/** The message; one without a blank line gets it, since old Outlook waits for it for ever. */
export function completeMessage(bytes: Buffer): Buffer {
  if (findBody(bytes) >= 0) return bytes;
  const end = bytes.length === 0 || bytes[bytes.length - 1] === lf ? '\r\n' : '\r\n\r\n';
  return Buffer.concat([bytes, Buffer.from(end)]);
}

/** RFC 1939 §7, TOP: the header, the blank line and the first `lines` lines of the body. */
export function cutTop(bytes: Buffer, lines: number): Buffer {
  const complete = completeMessage(bytes);
  let end = findBody(complete);
  for (let left = lines; left > 0; left--) {
    const next = complete.indexOf(lf, end);
    if (next < 0) return complete;
    end = next + 1;
  }
  return complete.subarray(0, end);
}

/** NUL becomes octet 128, since Outlook hangs at NUL; the length stays. */
export function replaceNul(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes;
  return Buffer.from(bytes).map((byte) => byte || 128) as Buffer;
}
