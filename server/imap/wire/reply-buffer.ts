// The bytes of a long reply, put together in one place: no string and no Buffer of its own for each line. What
// is taken is never written to again.

const startBytes = 64 * 1024;

export class ReplyBuffer {
  #room = Buffer.allocUnsafe(startBytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds US-ASCII. */
  addText(text: string): void {
    this.#makeRoom(text.length);
    this.#length += this.#room.write(text, this.#length, 'latin1');
  }

  /** Adds a few bytes: quicker than a call for that. */
  addShort(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    const room = this.#room;
    let at = this.#length;
    for (let index = 0; index < bytes.length; index++) room[at++] = bytes[index]!;
    this.#length = at;
  }

  /** Adds a whole number from 0 on, below 2^53. */
  addNumber(value: number): void {
    if (value > 0xffff_ffff) {
      this.addText(String(value));
      return;
    }
    this.#makeRoom(10);
    const room = this.#room;
    let size = 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) size++;
    let rest = value;
    for (let at = this.#length + size - 1; at >= this.#length; at--) {
      const left = Math.floor(rest / 10);
      room[at] = 0x30 + rest - 10 * left;
      rest = left;
    }
    this.#length += size;
  }

  addBytes(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#room.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A copy of what was added from a `length` on. */
  copyFrom(start: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#room, start, this.#length);
  }

  /** What was added since the last time. */
  take(): Buffer {
    const taken = this.#room.subarray(0, this.#length);
    // The socket may still hold what was taken.
    this.#room = this.#room.subarray(this.#length);
    this.#length = 0;
    return taken;
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#room.length) return;
    const room = Buffer.allocUnsafe(Math.max(startBytes, 2 * this.#length, needed));
    this.#room.copy(room, 0, 0, this.#length);
    this.#room = room;
  }
}
