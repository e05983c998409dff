// A plain POP3 client that only counts: one command, its answer, how long that took.
import { connect, type Socket } from 'node:net';

const patienceMs = 300_000;
const terminator = Buffer.from('\r\n.\r\n');

export class Pop3Client {
  readonly #socket: Socket;
  #onChunk: (chunk: Buffer) => void = () => {};
  #fail: (error: Error) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#onChunk(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server hung up')));
  }

  /** Connects and reads the greeting. */
  static async open(port: number): Promise<Pop3Client> {
    const client = new Pop3Client(connect({ host: '127.0.0.1', port, noDelay: true }));
    await client.#wait(1, false);
    return client;
  }

  static async signIn(port: number, user: string, password: string): Promise<Pop3Client> {
    const client = await Pop3Client.open(port);
    await client.ask(`USER ${user}`);
    await client.ask(`PASS ${password}`);
    return client;
  }

  /** Milliseconds to the end of the answer, which has several lines or one; and its octets. */
  async ask(command: string, isMultiLine = false): Promise<{ ms: number; bytes: number }> {
    return this.askAll([command], isMultiLine);
  }

  /** The same for commands that are sent together; each must be answered by one line where `isMultiLine` is false. */
  async askAll(commands: string[], isMultiLine = false): Promise<{ ms: number; bytes: number }> {
    const started = performance.now();
    const answered = this.#wait(commands.length, isMultiLine);
    this.#socket.write(`${commands.join('\r\n')}\r\n`);
    const bytes = await answered;
    return { ms: performance.now() - started, bytes };
  }

  #wait(answers: number, isMultiLine: boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      let size = 0;
      let left = answers;
      let tail: Buffer = Buffer.alloc(0);
      const timer = setTimeout(() => reject(new Error('no answer in five minutes')), patienceMs);
      this.#fail = reject;
      this.#onChunk = (chunk) => {
        if (size === 0 && chunk[0] === 45) reject(new Error(chunk.toString('latin1')));
        size += chunk.length;
        const end = isMultiLine ? terminator : terminator.subarray(0, 2);
        // An end may stand astride two chunks.
        const text = Buffer.concat([tail, chunk]);
        for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + end.length)) left--;
        tail = text.subarray(Math.max(0, text.length - end.length + 1));
        if (left > 0) return;
        clearTimeout(timer);
        this.#onChunk = () => {};
        this.#fail = () => {};
        resolve(size);
      };
    });
  }

  close(): void {
    this.#fail = () => {};
    this.#socket.destroy();
  }
}
