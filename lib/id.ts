// Opaque identifiers. 12 random bytes after 6 bytes of time, so that rows made together lie together
// in an index that is led by the account; nothing may read the time back.
import { randomFillSync } from 'node:crypto';

/** Drawn for many ids at once: each draw costs some microseconds, whatever it brings. */
const drawn = Buffer.alloc(12 * 128);
let usedBytes = drawn.length;

/** A new id: 24 characters of base64url, unique without coordination between processes. */
export function newId(): string {
  const bytes = Buffer.alloc(18);
  bytes.writeUIntBE(Date.now(), 0, 6);
  if (usedBytes === drawn.length) {
    randomFillSync(drawn);
    usedBytes = 0;
  }
  drawn.copy(bytes, 6, usedBytes, usedBytes + 12);
  // No id twice, whatever becomes of this memory.
  drawn.fill(0, usedBytes, usedBytes + 12);
  usedBytes += 12;
  return bytes.toString('base64url');
}

/** The id of a message on its way: letters and digits alone, as tools that read mail logs expect of a queue id. */
export function newTraceId(): string {
  // Put in place, not drawn again: the signs may stand in the part of time, which is the same for hours.
  return newId().replaceAll('-', '0').replaceAll('_', '1');
}
