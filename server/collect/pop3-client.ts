// The client side of POP3 (RFC 1939) as far as collecting needs it: lines, and messages that stream. What the other
// server sends is bounded: a line, a list, and the time that nothing comes.
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { CollectTrouble, quoteReply } from './trouble.ts';

/** RFC 2449 §4 says 512; some servers have more to say. */
const maxLineBytes = 8 * 1024;
const maxListed = 200_000;
const idleMs = 60_000;
const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;

export class Pop3Client {
  private socket: Socket | TLSSocket;
  private chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    this.chunks = this.listen(socket);
  }

  /** TLS from here on. Throws where the certificate is not that of `servername`. */
  async startTls(servername: string): Promise<void> {
    // RFC 2595 §2.1: nothing that came before the handshake may count after it.
    if (this.rest.length > 0) throw new CollectTrouble('the server talks before TLS has begun');
    const plain = this.socket;
    // Its data belongs to TLS now.
    plain.removeAllListeners();
    // RFC 6066 §3: SNI has no addresses.
    const name = isIP(servername) ? { host: servername } : { servername };
    const secure = connectTls({ socket: plain, ...name, minVersion: 'TLSv1.2' });
    await new Promise<void>((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) =>
        reject(
          new CollectTrouble(`no safe connection (${quoteReply(error.code ?? error.message)})`),
        );
      secure.setTimeout(idleMs, () => fail(new Error('no answer in time')));
      secure.once('error', fail);
      secure.once('secureConnect', () => {
        secure.removeListener('error', fail);
        resolve();
      });
    }).catch((error) => {
      secure.destroy();
      throw error;
    });
    this.socket = secure;
    this.chunks = this.listen(secure);
  }

  private listen(socket: Socket): AsyncIterator<Buffer> {
    socket.setTimeout(idleMs, () => socket.destroy(new Error('no answer in time')));
    socket.on('error', () => {});
    return socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The greeting, or the answer to a command: its text behind "+OK". Throws CollectTrouble with the text of "-ERR". */
  async readReply(): Promise<string> {
    const line = (await this.readLine()).toString('latin1');
    if (/^\+OK\b/i.test(line)) return line.slice(3).trim();
    throw new CollectTrouble(`the server says: ${quoteReply(line.replace(/^-ERR ?/i, ''))}`);
  }

  async ask(command: string): Promise<string> {
    this.send(command);
    return this.readReply();
  }

  private send(command: string): void {
    if (/[\r\n\0]/.test(command)) throw new CollectTrouble('this cannot be said in POP3');
    this.socket.write(`${command}\r\n`);
  }

  /** Lines of a multi-line answer, without their dots. */
  async askLines(command: string): Promise<string[]> {
    await this.ask(command);
    const lines: string[] = [];
    for (;;) {
      const line = (await this.readLine()).toString('latin1');
      if (line === '.') return lines;
      if (lines.length >= maxListed) throw new CollectTrouble('there are too many messages');
      lines.push(line.startsWith('.') ? line.slice(1) : line);
    }
  }

  /** A message as it streams (RFC 1939 §3: a dot at the start of a line is doubled, one alone ends it). */
  async *retrieve(number: number): AsyncGenerator<Buffer> {
    await this.ask(`RETR ${number}`);
    let isLineStart = true;
    for (;;) {
      if (this.rest.length === 0) await this.readMore();
      const end = this.rest.lastIndexOf(LF);
      // Of a line without an end only what cannot be the last dot goes on.
      if (end < 0) {
        if (isLineStart && this.rest[0] === DOT && this.rest.length < 3) {
          await this.readMore();
          continue;
        }
        const piece = isLineStart && this.rest[0] === DOT ? this.rest.subarray(1) : this.rest;
        isLineStart = false;
        this.rest = Buffer.alloc(0);
        yield piece;
        continue;
      }
      const { piece, isEnd, used } = unstuff(this.rest.subarray(0, end + 1), isLineStart);
      this.rest = this.rest.subarray(used);
      isLineStart = true;
      if (piece.length > 0) yield piece;
      if (isEnd) return;
    }
  }

  private async readLine(): Promise<Buffer> {
    for (;;) {
      const end = this.rest.indexOf(LF);
      if (end >= 0) {
        const line = this.rest.subarray(0, end > 0 && this.rest[end - 1] === CR ? end - 1 : end);
        this.rest = this.rest.subarray(end + 1);
        return line;
      }
      if (this.rest.length > maxLineBytes) throw new CollectTrouble('the server sends no POP3');
      await this.readMore();
    }
  }

  private async readMore(): Promise<void> {
    const next = await this.chunks.next().catch(() => null);
    if (!next || next.done) throw new CollectTrouble('the connection broke off');
    this.rest = this.rest.length === 0 ? next.value : Buffer.concat([this.rest, next.value]);
  }

  async quit(): Promise<void> {
    await this.ask('QUIT');
    this.socket.destroy();
  }

  abort(): void {
    this.socket.destroy();
  }
}

/** Whole lines without their dots, up to the dot that ends the message. */
function unstuff(
  lines: Buffer,
  isLineStart: boolean,
): { piece: Buffer; isEnd: boolean; used: number } {
  const pieces: Buffer[] = [];
  let from = 0;
  let isStart = isLineStart;
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf(LF, at) + 1;
    if (isStart && lines[at] === DOT) {
      const length = end - at;
      const isLast = length === 2 || (length === 3 && lines[at + 1] === CR);
      pieces.push(lines.subarray(from, at));
      if (isLast) return { piece: Buffer.concat(pieces), isEnd: true, used: end };
      from = at + 1;
    }
    isStart = true;
    at = end;
  }
  pieces.push(lines.subarray(from));
  return { piece: Buffer.concat(pieces), isEnd: false, used: lines.length };
}
