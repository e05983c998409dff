// A connection to a scanner that an administrator named, over TCP or a unix socket. One deadline for everything,
// and no more is read than is asked for: a scanner may be slow, or be something else altogether.
import { connect, type Socket } from 'node:net';

/** What went wrong with a scanner, in words for an administrator. */
export class ScannerTrouble extends Error {}

export type ScannerAddress = { path: string } | { host: string; port: number };

/** Reads "inet:host:port", "host:port", "unix:/path" or "/path" (lib/settings/content.ts has checked it). */
export function readScannerAddress(text: string): ScannerAddress {
  const plain = text.replace(/^(?:inet|unix):/i, '');
  if (plain.startsWith('/')) return { path: plain };
  const colon = plain.lastIndexOf(':');
  const host = plain.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(plain.slice(colon + 1)) };
}

export class ScannerSocket {
  private readonly socket: Socket;
  private chunks: Buffer[] = [];
  private length = 0;
  private failure: ScannerTrouble | null = null;
  private wake = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.length += chunk.length;
      // Nobody asked for so much yet.
      if (this.length > pauseBytes) socket.pause();
      this.wake();
    });
    socket.on('error', (error) => this.fail(`${(error as NodeJS.ErrnoException).code ?? 'error'}`));
    socket.on('end', () => this.fail('the connection was closed'));
    socket.on('close', () => this.fail('the connection was closed'));
    socket.on('drain', () => this.wake());
  }

  /** Ends every wait, those to come too. */
  fail(text: string): void {
    this.failure ??= new ScannerTrouble(text);
    this.wake();
  }

  /** Resolves when the other side keeps up. Throws ScannerTrouble. */
  async write(bytes: Buffer): Promise<void> {
    if (this.failure) throw this.failure;
    let isFlowing = this.socket.write(bytes);
    while (!isFlowing) {
      await this.waitForChange();
      if (this.failure) throw this.failure;
      isFlowing = !this.socket.writableNeedDrain;
    }
  }

  /** Exactly so many octets. Throws ScannerTrouble. */
  async read(count: number): Promise<Buffer> {
    while (this.length < count) {
      if (this.failure) throw this.failure;
      await this.waitForChange();
    }
    return this.take(count);
  }

  /** Up to the octet, which is not part of it, at most `limit`; or up to the end of the connection. */
  async readTo(octet: number, limit: number): Promise<Buffer> {
    for (;;) {
      const held = this.hold();
      const at = held.indexOf(octet);
      if (at >= 0) return this.take(at + 1).subarray(0, at);
      if (held.length > limit) throw new ScannerTrouble('the answer is too long');
      if (this.failure) {
        if (held.length > 0) return this.take(held.length);
        throw this.failure;
      }
      await this.waitForChange();
    }
  }

  private waitForChange(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private hold(): Buffer {
    const held = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks);
    this.chunks = [held];
    return held;
  }

  private take(count: number): Buffer {
    const held = this.hold();
    this.chunks = [held.subarray(count)];
    this.length = held.length - count;
    if (this.length <= pauseBytes) this.socket.resume();
    return held.subarray(0, count);
  }
}

const pauseBytes = 256 * 1024;

/** Talks to a scanner within `timeoutMs`. Throws ScannerTrouble, whatever goes wrong with the connection. */
export async function talkTo<T>(
  address: ScannerAddress,
  timeoutMs: number,
  talk: (scanner: ScannerSocket) => Promise<T>,
): Promise<T> {
  const socket = connect(address);
  const scanner = new ScannerSocket(socket);
  const timer = setTimeout(() => scanner.fail('no answer in time'), timeoutMs);
  try {
    return await talk(scanner);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
