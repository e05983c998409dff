// A plain IMAP client that only counts: says a command, and knows how many octets came and how long it took
// until the tagged answer. Reads nothing of the answer but its lines' beginnings, so that it costs both servers little.
import { connect, type Socket } from 'node:net';

export type Answer = { ms: number; bytes: number; line: string };

const lineFeed = 10;
const patienceMs = 300_000;

export class BenchClient {
  readonly #socket: Socket;
  #count = 0;
  #onChunk: (chunk: Buffer) => void = () => {};
  #fail: (error: Error) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#onChunk(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server hung up')));
  }

  /** Connects and reads the greeting. */
  static async open(port: number): Promise<BenchClient> {
    const client = new BenchClient(connect({ host: '127.0.0.1', port, noDelay: true }));
    await client.waitLine((line) => line.startsWith('* '));
    return client;
  }

  /** Says `command`; waits for its tagged OK, whatever else comes. */
  async ask(command: string | readonly (string | Buffer)[]): Promise<Answer> {
    const tag = `b${++this.#count}`;
    const started = performance.now();
    const answered = this.waitLine((line) => line.startsWith(`${tag} `));
    const pieces = typeof command === 'string' ? [command] : command;
    const bytes = [`${tag} `, ...pieces, '\r\n'].map((piece) => Buffer.from(piece as string));
    this.#socket.write(Buffer.concat(bytes));
    const { line, size } = await answered;
    if (!line.startsWith(`${tag} OK`)) throw new Error(`${pieces[0]}: ${line}`);
    return { ms: performance.now() - started, bytes: size, line };
  }

  /** Sends without waiting. */
  say(text: string): void {
    this.#socket.write(text);
  }

  /** Resolves at the first chunk whose last line is whole and fits. */
  waitLine(fits: (line: string) => boolean): Promise<{ line: string; size: number }> {
    return new Promise((resolve, reject) => {
      let size = 0;
      let rest: Buffer = Buffer.alloc(0);
      const timer = setTimeout(() => reject(new Error('no answer in five minutes')), patienceMs);
      this.#fail = reject;
      this.#onChunk = (chunk) => {
        size += chunk.length;
        const start = chunk.lastIndexOf(lineFeed, -2) + 1;
        rest = start > 0 ? chunk.subarray(start) : Buffer.concat([rest, chunk]);
        if (rest.at(-1) !== lineFeed) return;
        const line = rest.toString('latin1').trimEnd();
        rest = Buffer.alloc(0);
        if (!fits(line)) return;
        clearTimeout(timer);
        this.#onChunk = () => {};
        this.#fail = () => {};
        resolve({ line, size });
      };
    });
  }

  close(): void {
    this.#fail = () => {};
    this.#socket.destroy();
  }
}
