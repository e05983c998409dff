// The bytes of a client, cut into command lines, the message behind DATA (dots and the end of it are the
// library's work), and the counted pieces behind BDAT (RFC 3030).
//
// Why a subclass: the library's parser knows no BDAT, ends a session over a long line instead of refusing it,
// and does not say whether more has come behind a command. Invariants: of a line no more is kept than its
// limit; the bytes of a chunk are never read as commands; a closed parser swallows everything.
import type { PassThrough } from 'node:stream';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';

type Done = (error?: Error | null) => void;

export type ParserOptions = {
  /** Octets of a command line without its line end. */
  maxLineBytes: number;
  onLine(line: Buffer, goOn: () => void): void;
  /** A line over the limit, told once, at its end. */
  onLongLine(goOn: () => void): void;
  /** Asked before any bytes are read; false drops them. */
  mayRead(): boolean;
};

type Chunk = {
  leftBytes: number;
  /** Where they go; null = nowhere. */
  sink: PassThrough | null;
  onEnd(goOn: () => void): void;
};

/** So many commands of one burst are obeyed before others get their turn. */
const linesAtOnce = 100;
const lf = 0x0a;
const cr = 0x0d;

export class MailParser extends SMTPStream {
  private readonly lines: ParserOptions;
  /** The beginning of a line whose end has not come. */
  private partial: Buffer[] = [];
  private partialBytes = 0;
  private isTooLong = false;
  private chunk: Chunk | null = null;
  private isWriting = false;
  /** Bytes given to the write that is under way, and those of them behind the present command. */
  private burstBytes = 0;
  private restBytes = 0;

  constructor(lines: ParserOptions) {
    super();
    this.lines = lines;
  }

  /** True when the client has sent more already than the command it is asked about. */
  hasMore(): boolean {
    return this.restBytes > 0 || this.writableLength > this.burstBytes;
  }

  /**
   * Takes the next `sizeBytes` (more than 0) as a chunk. `onEnd` is called when the last of them has been
   * handed to the sink, or at once thrown away; whoever is called says when to read on.
   */
  startChunk(sizeBytes: number, sink: PassThrough | null, onEnd: Chunk['onEnd']): void {
    this.dataBytes = 0;
    this._dataMode = true;
    this.chunk = { leftBytes: sizeBytes, sink, onEnd };
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding | 'buffer', done: Done): void {
    // The library comes back here with what stands behind a message.
    if (this.isWriting) {
      this.consume(bytes, done);
      return;
    }
    this.isWriting = true;
    this.burstBytes = bytes.length;
    const end: Done = (error) => {
      this.isWriting = false;
      done(error);
    };
    if (this.isClosed || !this.lines.mayRead()) end();
    else this.consume(bytes, end);
  }

  private consume(bytes: Buffer, done: Done): void {
    let at = 0;
    let count = 0;
    let isLooping = false;
    let mayGoOn = false;
    const run = () => {
      // A command may be done at once: then the loop goes on instead of recursing.
      if (isLooping) {
        mayGoOn = true;
        return;
      }
      isLooping = true;
      do {
        mayGoOn = false;
        if (this.isClosed || at >= bytes.length) break;
        if (this._dataMode) {
          isLooping = false;
          const rest = bytes.subarray(at);
          if (this.chunk) this.feedChunk(this.chunk, rest, done);
          else this._feedDataStream(rest, done);
          return;
        }
        if (++count > linesAtOnce) {
          count = 0;
          isLooping = false;
          setImmediate(run);
          return;
        }
        const end = bytes.indexOf(lf, at);
        const piece = bytes.subarray(at, end < 0 ? bytes.length : end);
        at += piece.length + 1;
        this.keep(piece);
        if (end < 0) break;
        this.restBytes = bytes.length - at;
        this.tell(run);
        if (!mayGoOn) {
          isLooping = false;
          return;
        }
      } while (mayGoOn);
      isLooping = false;
      this.restBytes = 0;
      done();
    };
    run();
  }

  private keep(piece: Buffer): void {
    // One more for a CR that belongs to the line end.
    if (this.isTooLong || this.partialBytes + piece.length > this.lines.maxLineBytes + 1) {
      this.isTooLong = true;
      this.partial = [];
      this.partialBytes = 0;
      return;
    }
    if (piece.length === 0) return;
    // A copy where it must outlive the burst, so that a client cannot pin a buffer a byte.
    this.partial.push(Buffer.from(piece));
    this.partialBytes += piece.length;
    if (this.partial.length > 64) this.partial = [Buffer.concat(this.partial)];
  }

  private tell(goOn: () => void): void {
    const line = Buffer.concat(this.partial);
    const isTooLong = this.isTooLong;
    this.partial = [];
    this.partialBytes = 0;
    this.isTooLong = false;
    const text = line.at(-1) === cr ? line.subarray(0, -1) : line;
    if (isTooLong || text.length > this.lines.maxLineBytes) this.lines.onLongLine(goOn);
    else this.lines.onLine(text, goOn);
  }

  private feedChunk(chunk: Chunk, bytes: Buffer, done: Done): void {
    const taken = bytes.subarray(0, chunk.leftBytes);
    const rest = bytes.subarray(taken.length);
    chunk.leftBytes -= taken.length;
    this.dataBytes += taken.length;
    const goOn = () => {
      if (this.isClosed || chunk.leftBytes > 0) {
        done();
        return;
      }
      this.chunk = null;
      this._dataMode = false;
      chunk.onEnd(() => this.consume(rest, done));
    };
    const { sink } = chunk;
    if (!sink?.writable || sink.write(taken)) {
      goOn();
      return;
    }
    const resume = () => {
      sink.off('drain', resume).off('close', resume);
      goOn();
    };
    sink.on('drain', resume).on('close', resume);
  }
}
