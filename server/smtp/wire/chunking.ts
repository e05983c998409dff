// BDAT (RFC 3030): a message that comes in counted pieces. Whatever is wrong with one, its bytes are taken and
// thrown away before the reply, so that they are never read as commands.
import { PassThrough } from 'node:stream';
import type { Outcome } from './outcome.ts';

export type ChunkCommand = { sizeBytes: number; isLast: boolean };

/** "BDAT size [LAST]"; null where it says no size, after which nobody knows where the next command begins. */
export function readChunkCommand(line: string): ChunkCommand | null {
  const [, size, last] = /^BDAT +(\d{1,15})(?: +(LAST))? *$/i.exec(line) ?? [];
  return size === undefined ? null : { sizeBytes: Number(size), isLast: last !== undefined };
}

/** The message between its first chunk and its last. */
export class ChunkedMessage {
  /** Where the bytes of the chunks go. */
  readonly stream = new PassThrough();
  readonly outcome: Promise<Outcome>;
  receivedBytes = 0;
  /** A chunk was refused: the message is lost, until RSET. */
  isFailed = false;
  /** The last chunk is in. */
  isComplete = false;

  constructor(receive: (stream: AsyncIterable<Buffer>) => Promise<Outcome>) {
    this.stream.on('error', () => {});
    this.outcome = receive(endWithNewline(this.stream));
    // Awaited at the last chunk; a message given up before has nobody to tell.
    this.outcome.catch(() => {});
  }

  complete(): Promise<Outcome> {
    this.isComplete = true;
    this.stream.end();
    return this.outcome;
  }

  /** Nothing is kept of it. */
  abort(): void {
    this.isFailed = true;
    if (!this.stream.destroyed) this.stream.destroy(new Error('The message was given up'));
  }
}

/** DATA cannot carry a last line without its end, and neither do we store one. */
async function* endWithNewline(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    tail = Buffer.concat([tail, chunk.subarray(-2)]).subarray(-2);
    yield chunk;
  }
  if (tail.length > 0 && tail.toString('latin1') !== '\r\n') yield Buffer.from('\r\n');
}
