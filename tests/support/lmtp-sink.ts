// A mail store of a test that speaks LMTP (RFC 2033), on loopback or a socket: takes what comes, and answers each recipient
// for itself after the content.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type LmtpSink = {
  port: number;
  /** Recipients of each message with their answers, and its text. */
  messages: { recipients: string[]; text: string }[];
  /** Command lines, in order. */
  commands: string[];
  /** The answer after the content; "drop" ends the connection, after what was said. */
  answer: (recipient: string) => string;
  close(): Promise<void>;
};

/** Listens on port 0, or at `path`. */
export async function startLmtpSink(path?: string): Promise<LmtpSink> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    converse(socket, sink);
  });
  const sink: LmtpSink = {
    port: 0,
    messages: [],
    commands: [],
    answer: () => '250 2.0.0 stored',
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  if (path) server.listen(path);
  else server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  if (!path) sink.port = (server.address() as AddressInfo).port;
  return sink;
}

function converse(socket: Socket, sink: LmtpSink): void {
  let buffer = '';
  let recipients: string[] | null = null;
  let isContent = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  say('220 store.test LMTP');
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    for (;;) {
      const end = buffer.indexOf(isContent ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + (isContent ? 5 : 2));
      if (isContent) {
        isContent = false;
        sink.messages.push({ recipients: recipients ?? [], text });
        for (const recipient of recipients ?? []) {
          const answer = sink.answer(recipient);
          if (answer === 'drop') return void socket.end();
          say(answer);
        }
        continue;
      }
      sink.commands.push(text);
      const verb = text.slice(0, 4).toUpperCase();
      if (verb === 'LHLO') socket.write('250-store.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n');
      else if (verb === 'MAIL') {
        recipients = [];
        say('250 2.1.0 ok');
      } else if (verb === 'RCPT') {
        recipients?.push(/<([^>]*)>/.exec(text)?.[1] ?? '');
        say('250 2.1.5 ok');
      } else if (verb === 'DATA') {
        isContent = true;
        say('354 go');
      } else if (verb === 'QUIT') socket.end('221 2.0.0 bye\r\n');
      else say(verb === 'RSET' ? '250 2.0.0 ok' : '500 5.5.2 what?');
    }
  });
}
