// Bytes that came from the socket and are not read yet. Grows by doubling, so a client that sends one
// byte a packet costs no more than one that sends all at once; holds no memory when it is empty.

export class ByteQueue {
  #buffer: Buffer | null = null;
  #start = 0;
  #end = 0;
  /** How far a search for LF went in vain, counted from the start. */
  #searched = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Adds `chunk` at the end; the queue owns it from now on. */
  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    if (this.#buffer === null) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    if (this.#end + chunk.length > this.#buffer.length) this.#grow(chunk.length);
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  #grow(moreBytes: number): void {
    const needed = this.length + moreBytes;
    const grown = Buffer.allocUnsafe(Math.max(1024, needed * 2));
    this.#buffer?.copy(grown, 0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = grown;
  }

  /** Number of bytes up to and with the first LF; 0 when there is none yet. */
  lineLength(): number {
    if (this.#buffer === null) return 0;
    const at = this.#buffer.subarray(0, this.#end).indexOf(0x0a, this.#start + this.#searched);
    if (at >= 0) return at - this.#start + 1;
    this.#searched = this.length;
    return 0;
  }

  /** Removes up to `count` bytes from the front and gives them; they belong to the caller. */
  take(count: number): Buffer {
    const size = Math.min(count, this.length);
    if (this.#buffer === null || size === 0) return Buffer.alloc(0);
    const isAll = size === this.length;
    const view = this.#buffer.subarray(this.#start, this.#start + size);
    // What stays behind may be moved, so only a whole hand-over needs no copy.
    const bytes = isAll ? view : Buffer.from(view);
    this.#drop(size);
    return bytes;
  }

  /** Removes up to `count` bytes from the front; says how many. */
  skip(count: number): number {
    const size = Math.min(count, this.length);
    this.#drop(size);
    return size;
  }

  clear(): void {
    this.#drop(this.length);
  }

  #drop(size: number): void {
    this.#start += size;
    this.#searched = 0;
    if (this.#start < this.#end) return;
    this.#buffer = null;
    this.#start = 0;
    this.#end = 0;
  }
}
