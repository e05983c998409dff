// A socket as promises: bytes in when they are asked for, bytes out with back-pressure, STARTTLS, and the
// compression of RFC 4978.
//
// Invariants: nothing is read from the kernel, or inflated, that nobody waits for; a write resolves only when
// the client may be sent more; after the end every call answers at once.
import type { Socket } from 'node:net';
import { bindingOf, type ChannelBinding } from '#server/auth/channel-binding.ts';
import { startTls } from '#server/net/start-tls.ts';
import { Deadline } from './deadline.ts';
import { deflateNow, deflatePiece } from './deflate.ts';
import { Inflater } from './inflate.ts';

/** A client that does not read for so long is cut off. */
const writeTimeoutMs = 5 * 60_000;
const endGraceMs = 2000;
const sliceBytes = 256 * 1024;

export class Channel {
  #socket: Socket;
  #isEnded = false;
  /** The client sends no more; it may still read. */
  #isInputOver = false;
  /** While the connection is compressed (RFC 4978). */
  #inflater: Inflater | null = null;
  readonly #gone = new AbortController();
  /** Called, once each, at whatever happens to the socket: bytes, drain, end. */
  #wake: Set<() => void> = new Set();
  /** Of who reads. */
  readonly #patience = new Deadline(() => this.#wakeAll());

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  #listen(): void {
    const socket = this.#socket;
    const wake = () => this.#wakeAll();
    socket.on('readable', wake);
    socket.on('drain', wake);
    // The end of the client's side alone is no reason to stop: it may still read the answers.
    socket.on('end', () => {
      this.#isInputOver = true;
      wake();
    });
    const lose = () => {
      this.#isEnded = true;
      wake();
      // STARTTLS puts another socket in the place of this one.
      if (socket !== this.#socket) return;
      this.#patience.end();
      this.#gone.abort();
    };
    socket.on('error', lose);
    socket.on('close', lose);
    if (socket.destroyed) this.#isEnded = true;
  }

  #wakeAll(): void {
    const woken = [...this.#wake];
    this.#wake.clear();
    for (const wake of woken) wake();
  }

  /** Aborted once nobody can read an answer any more. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Next bytes; null when the client is gone, 'timeout' when it says nothing for `timeoutMs`. */
  async read(timeoutMs: number): Promise<Buffer | null | 'timeout'> {
    const early = this.#take();
    if (early) return early;
    this.#patience.set(timeoutMs);
    for (;;) {
      if (this.#isSilent) return null;
      if (this.#patience.hasPassed) return 'timeout';
      await new Promise<void>((resolve) => this.#wake.add(resolve));
      const chunk = this.#take();
      if (chunk) return chunk;
    }
  }

  #take(): Buffer | null {
    const inflater = this.#inflater;
    if (!inflater) return this.#socket.read();
    for (;;) {
      const bytes = inflater.read();
      if (bytes) return bytes;
      if (inflater.isBusy || inflater.isOver) return null;
      const deflated: Buffer | null = this.#socket.read();
      if (!deflated) return null;
      inflater.push(deflated);
    }
  }

  /** True when no further byte can come. */
  get #isSilent(): boolean {
    const inflater = this.#inflater;
    const isOver = this.#isEnded || this.#isInputOver;
    if (!inflater) return isOver;
    return inflater.isOver || (isOver && !inflater.isBusy);
  }

  /**
   * From here on both sides are compressed (RFC 4978 §3); `early` is what came behind the command, and so
   * is compressed too.
   */
  startCompression(early: Buffer): void {
    this.#inflater = new Inflater(() => this.#wakeAll());
    if (early.length > 0) this.#inflater.push(early);
  }

  /** Back to plain bytes (RFC 8437 §4.1). */
  endCompression(): void {
    this.#inflater?.end();
    this.#inflater = null;
  }

  get isCompressed(): boolean {
    return this.#inflater !== null;
  }

  /** What the client has made us inflate beyond what honest text comes to. */
  get excessBytes(): number {
    return this.#inflater?.excessBytes ?? 0;
  }

  /** What a SASL mechanism can bind itself to; null in clear. */
  get binding(): ChannelBinding | null {
    return bindingOf(this.#socket);
  }

  /**
   * Sends all of it, at the pace of the client: TLS makes a copy of what it is given, so that is never more
   * than a slice. Resolves when more may be sent. False when the client is gone or does not read.
   */
  async write(buffers: readonly Buffer[]): Promise<boolean> {
    for (const bytes of buffers) {
      for (let at = 0; at < bytes.length; at += sliceBytes) {
        if (!(await this.#writeSlice(bytes.subarray(at, at + sliceBytes)))) return false;
      }
    }
    return !this.#isEnded;
  }

  async #writeSlice(slice: Buffer): Promise<boolean> {
    if (this.#isEnded) return false;
    const bytes = this.#inflater ? await deflatePiece(slice) : slice;
    // The client may have gone meanwhile.
    if (this.#isEnded) return false;
    this.#socket.write(bytes);
    const deadline = Date.now() + writeTimeoutMs;
    while (this.#socket.writableNeedDrain && !this.#isEnded) {
      const left = deadline - Date.now();
      if (left <= 0) {
        this.#socket.destroy();
        return false;
      }
      await this.#somethingHappensWithin(left);
    }
    return !this.#isEnded;
  }

  #somethingHappensWithin(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wake.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      // The socket keeps the process alive as long as that is right.
      timer.unref();
      this.#wake.add(wake);
    });
  }

  /** Sends the go-ahead and does the handshake; false when it failed (the socket is gone then). */
  async startTls(reply: string): Promise<boolean> {
    try {
      // startTls() takes our listeners off the raw socket and drops what it has read in clear.
      const secured = await startTls(this.#socket, reply);
      this.#socket = secured;
      this.#isEnded = false;
      this.#isInputOver = false;
      this.#listen();
      return true;
    } catch {
      this.#isEnded = true;
      return false;
    }
  }

  /** Sends the last words and closes; who does not close its side within `graceMs` is cut off. */
  end(lastWords: string, graceMs = endGraceMs): void {
    if (!this.#isEnded) {
      const isDeflated = this.#inflater && lastWords !== '';
      const socket = this.#socket;
      // Nothing more can come from a client that has closed its side.
      const close = () => this.#isInputOver && socket.destroy();
      socket.end(isDeflated ? deflateNow(Buffer.from(lastWords)) : lastWords, close);
    }
    this.#isEnded = true;
    this.endCompression();
    this.#patience.end();
    this.#gone.abort();
    // What the client still sends is dropped, so that the end of its side is seen.
    this.#socket.removeAllListeners('readable');
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), graceMs);
    timer.unref();
    this.#wakeAll();
  }
}
