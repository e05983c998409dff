// The client's side of COMPRESS=DEFLATE (RFC 4978): bytes of the socket in, what they mean out.
//
// Invariants: no more is inflated than somebody reads, so a bomb costs its sender time and us a few
// kilobytes; a stream that is broken, or says that it ends, is over.
import { constants, createInflateRaw, type InflateRaw } from 'node:zlib';

/** Inflated in one go; a buffer of this size belongs to each connection for good. */
const pieceBytes = 4 * 1024;
/** Held before it is read. */
const waitingBytes = 16 * 1024;
/** What so many times as many bytes come of is still honest text; what goes beyond is counted. */
const honestRatio = 100;

export class Inflater {
  readonly #stream: InflateRaw;
  #isBusy = false;
  #isOver = false;
  #excessBytes = 0;
  /** Of the deflated bytes, those that `#excessBytes` knows of. */
  #consumedBytes = 0;

  /** `wake` is called whenever read() may have more, or the stream is over. */
  constructor(wake: () => void) {
    this.#stream = createInflateRaw({
      // Without a header nothing tells how large a window the client uses.
      windowBits: constants.Z_MAX_WINDOWBITS,
      chunkSize: pieceBytes,
      readableHighWaterMark: waitingBytes,
    } as Parameters<typeof createInflateRaw>[0]);
    const end = () => {
      this.#isOver = true;
      this.#isBusy = false;
      wake();
    };
    this.#stream.on('readable', wake).on('end', end).on('error', end).on('close', end);
    this.#wake = wake;
  }

  readonly #wake: () => void;

  /** True while bytes that were pushed are not inflated to their end. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** True once nothing more can come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How much more was inflated than an honest client's bytes would give. */
  get excessBytes(): number {
    return this.#excessBytes;
  }

  /** Bytes of the socket; only while it is not busy. */
  push(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#isBusy = true;
    this.#stream.write(bytes, () => {
      this.#isBusy = false;
      this.#wake();
    });
  }

  /** Inflated bytes, or null where there are none now. */
  read(): Buffer | null {
    const bytes: Buffer | null = this.#stream.read();
    if (!bytes) return null;
    const { bytesWritten } = this.#stream;
    const honestBytes = honestRatio * (bytesWritten - this.#consumedBytes);
    this.#consumedBytes = bytesWritten;
    this.#excessBytes = Math.max(0, this.#excessBytes + bytes.length - honestBytes);
    return bytes;
  }

  /** Gives its memory back. */
  end(): void {
    this.#isOver = true;
    this.#stream.destroy();
  }
}
