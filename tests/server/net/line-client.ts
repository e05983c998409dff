// A client for line protocols: what arrives is kept until it is asked for, so no test sleeps.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type LineClient = {
  socket: Socket;
  send(text: string | Buffer): void;
  /** The next line without its line end; rejects when the connection closes first. */
  line(): Promise<string>;
  /** Lines up to the one that is a single dot, which is left out; dots not unstuffed. */
  lines(): Promise<string[]>;
  /** Everything until the connection closes. */
  rest(): Promise<string>;
  /** The TLS handshake on this connection; a new client. */
  secure(): Promise<LineClient>;
  close(): void;
};

/** Connects to a port of this machine; certificates are not checked. */
export function connect(port: number, isTls = false, host = '127.0.0.1'): Promise<LineClient> {
  return new Promise((resolve, reject) => {
    const socket = isTls
      ? connectTls({ port, host, rejectUnauthorized: false }, () => resolve(wrap(socket)))
      : connectTcp({ port, host }, () => resolve(wrap(socket)));
    socket.once('error', reject);
  });
}

function wrap(socket: Socket): LineClient {
  let text = '';
  let isClosed = false;
  let wake = () => {};
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  const change = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const line = async () => {
    for (;;) {
      const end = text.indexOf('\r\n');
      if (end >= 0) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      if (isClosed) throw new Error(`closed, with "${text}" left`);
      await change();
    }
  };
  return {
    socket,
    send: (data) => void socket.write(data),
    line,
    lines: async () => {
      const all: string[] = [];
      for (let one = await line(); one !== '.'; one = await line()) all.push(one);
      return all;
    },
    rest: async () => {
      while (!isClosed) await change();
      return text;
    },
    secure: () =>
      new Promise((resolve, reject) => {
        socket.removeAllListeners('data');
        const secured = connectTls({ socket, rejectUnauthorized: false }, () =>
          resolve(wrap(secured)),
        );
        secured.once('error', reject);
      }),
    close: () => socket.destroy(),
  };
}
