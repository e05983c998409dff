// A plain SMTP client for tests: sends what it is told, bytes and splits included, and reads whole replies.
import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export type Connected = {
  greeting: string;
  /** Sends a line and reads one reply; lines of it joined by "\n". */
  say(line: string): Promise<string>;
  /** Sends bytes as they are; several pieces go out as several segments. */
  send(...pieces: (string | Buffer)[]): Promise<void>;
  /** The next reply. Rejects when the connection ends instead. */
  read(): Promise<string>;
  /** Every reply until the other side closes. */
  readToEnd(): Promise<string[]>;
  /** Takes the connection into TLS, after the go-ahead. */
  upgrade(): Promise<void>;
  /** MAIL, RCPT for each, DATA, the message and the dot; the last reply. */
  deliver(mail: { from?: string; to: string | string[]; data?: string }): Promise<string>;
  destroy(): void;
};

export const sample = 'From: eve@far.test\r\nTo: ada@example.org\r\nSubject: Hello\r\n\r\nHi.\r\n';

/** Connects and waits for the greeting. */
export async function connectTo(
  port: number,
  { tls = false, early = '' }: { tls?: boolean; early?: string } = {},
): Promise<Connected> {
  let socket: Socket | TLSSocket = tls
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connectSocket({ port, host: '127.0.0.1' });
  let buffered = '';
  let isEnded = false;
  let wake = () => {};
  const listen = (to: Socket) => {
    to.on('data', (chunk: Buffer) => {
      buffered += chunk.toString('latin1');
      wake();
    });
    to.on('error', () => {});
    to.on('close', () => {
      isEnded = true;
      wake();
    });
  };
  listen(socket);
  socket.setNoDelay(true);
  if (early) socket.write(early);

  const takeReply = (): string | null => {
    const match = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(buffered);
    if (!match) return null;
    buffered = buffered.slice(match[0].length);
    return match[0].trimEnd().replace(/\r\n/g, '\n');
  };
  const connected: Connected = {
    greeting: '',
    async read() {
      for (;;) {
        const reply = takeReply();
        if (reply !== null) return reply;
        if (isEnded) throw new Error(`connection closed, left over: ${JSON.stringify(buffered)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async readToEnd() {
      const replies: string[] = [];
      for (;;) {
        try {
          replies.push(await connected.read());
        } catch {
          return replies;
        }
      }
    },
    async send(...pieces) {
      for (const piece of pieces) {
        await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
        // Lets the piece leave as a segment of its own.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async say(line) {
      await connected.send(`${line}\r\n`);
      return connected.read();
    },
    async upgrade() {
      const plain = socket;
      plain.removeAllListeners('data');
      plain.removeAllListeners('close');
      const secured = connectTls({ socket: plain as Socket, rejectUnauthorized: false });
      socket = secured;
      listen(secured);
      await new Promise<void>((resolve, reject) => {
        secured.once('secureConnect', () => resolve());
        secured.once('error', reject);
      });
    },
    async deliver({ from = 'eve@far.test', to, data = sample }) {
      const begun = await connected.say(`MAIL FROM:<${from}>`);
      if (!begun.startsWith('250')) return begun;
      for (const each of [to].flat()) {
        const reply = await connected.say(`RCPT TO:<${each}>`);
        if (!reply.startsWith('250')) return reply;
      }
      const go = await connected.say('DATA');
      if (!go.startsWith('354')) return go;
      await connected.send(data.replace(/^\./gm, '..'));
      await connected.send(data.endsWith('\r\n') ? '.\r\n' : '\r\n.\r\n');
      return connected.read();
    },
    destroy: () => socket.destroy(),
  };
  connected.greeting = await connected.read();
  return connected;
}
