// A POP3 server somewhere else, scripted: one mailbox, as a test wants it to be.
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

export type Pop3Elsewhere = {
  port: number;
  /** By UIDL; a test adds and looks. */
  messages: Map<string, string>;
  /** Commands that it got, without what follows PASS. */
  heard: string[];
  close(): Promise<void>;
};

export type Pop3Script = {
  user: string;
  password: string;
  /** For STLS. */
  tls?: { key: string; cert: string };
  /** Ends the connection after so many RETR. */
  breaksAfter?: number;
  hasNoUidl?: boolean;
  /** Sends messages in pieces of one byte. */
  isDripping?: boolean;
};

/** Listens on a free port of loopback. `script` may be changed while it runs. */
export async function openPop3Elsewhere(script: Pop3Script): Promise<Pop3Elsewhere> {
  const messages = new Map<string, string>();
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, script, messages, heard, true);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    messages,
    heard,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function serve(
  socket: Socket,
  script: Pop3Script,
  messages: Map<string, string>,
  heard: string[],
  greets: boolean,
): void {
  const listed = () => [...messages];
  let snapshot = listed();
  const marked = new Set<number>();
  let retrieved = 0;
  let rest = '';
  const say = (line: string) => socket.write(`${line}\r\n`);
  const at = (text: string | undefined) => snapshot[Number(text) - 1];
  const commands: Record<string, (argument: string) => void> = {
    USER: () => say('+OK'),
    PASS: (given) => say(given === script.password ? '+OK' : '-ERR [AUTH] no'),
    STLS: () => {
      say('+OK');
      socket.removeAllListeners('data');
      const secureContext = createSecureContext(script.tls ?? {});
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => {});
      serve(secure, script, messages, heard, false);
    },
    UIDL: () => {
      if (script.hasNoUidl) return void say('-ERR what?');
      say('+OK');
      for (const [index, [uid]] of snapshot.entries()) say(`${index + 1} ${uid}`);
      say('.');
    },
    LIST: () => {
      say('+OK');
      for (const [index, [, text]] of snapshot.entries()) say(`${index + 1} ${text.length}`);
      say('.');
    },
    RETR: (argument) => {
      if (script.breaksAfter !== undefined && retrieved++ >= script.breaksAfter) {
        socket.destroy();
        return;
      }
      const text = at(argument)?.[1] ?? '';
      const wire = `+OK\r\n${text.replace(/^\./gm, '..')}${text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`;
      if (script.isDripping) for (const byte of wire) socket.write(byte);
      else socket.write(wire);
    },
    DELE: (argument) => {
      marked.add(Number(argument));
      say('+OK');
    },
    QUIT: () => {
      for (const number of marked) messages.delete(snapshot[number - 1]?.[0] ?? '');
      say('+OK');
      socket.end();
    },
  };
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1');
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      const [word = '', ...more] = line.split(' ');
      heard.push(word === 'PASS' ? word : line);
      const run = commands[word.toUpperCase()];
      if (word === 'UIDL') snapshot = listed();
      if (run) run(more.join(' '));
      else say('-ERR');
    }
  });
  if (greets) say('+OK ready');
}
