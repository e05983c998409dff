// The other mail server of a test as raw lines, for what no honest one does: it answers each step by a script, drops the
// connection, goes slowly, or never answers. Keeps what it has said 250 to.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Step = 'greet' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'body' | 'rset' | 'quit';

/** A reply without CRLF, several lines with "\n"; "hang" never answers, "drop" ends the connection. */
export type Play = (step: Step, line: string) => string | undefined | Promise<string | undefined>;

export type Peer = {
  host: string;
  port: number;
  /** Recipients and content of each message that was taken. */
  taken: { recipients: string[]; text: string }[];
  /** "ehlo", "mail", … of all connections */
  steps: Step[];
  /** Resolves when the step was seen. */
  reached(step: Step): Promise<void>;
  close(): Promise<void>;
};

const usual: Record<Step, string> = {
  greet: '220 peer.test ESMTP',
  ehlo: '250-peer.test\n250-PIPELINING\n250 8BITMIME',
  mail: '250 2.1.0 Ok',
  rcpt: '250 2.1.5 Ok',
  data: '354 Go on',
  body: '250 2.0.0 Ok: queued as 1',
  rset: '250 2.0.0 Ok',
  quit: '221 2.0.0 Bye',
};
const stepOf: Record<string, Step> = {
  EHLO: 'ehlo',
  HELO: 'ehlo',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'data',
  RSET: 'rset',
  QUIT: 'quit',
};

/** Starts one; `play` gives the reply to a step, or nothing for the usual one. */
export async function startPeer(
  play: Play,
  { host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {},
): Promise<Peer> {
  const sockets = new Set<Socket>();
  const waiting = new Map<Step, PromiseWithResolvers<void>>();
  const wait = (step: Step) => {
    const known = waiting.get(step) ?? Promise.withResolvers<void>();
    waiting.set(step, known);
    return known;
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    converse(socket).catch(() => socket.destroy());
  });
  async function converse(socket: Socket): Promise<void> {
    let recipients: string[] = [];
    let content: string[] | null = null;
    const tell = async (step: Step, line: string) => {
      peer.steps.push(step);
      wait(step).resolve();
      const reply = (await play(step, line)) ?? usual[step];
      if (reply === 'hang') await new Promise(() => undefined);
      if (reply === 'drop') {
        socket.destroy();
        throw new Error('dropped');
      }
      if (step === 'body' && reply.startsWith('2')) {
        peer.taken.push({ recipients, text: (content ?? []).join('\r\n') });
      }
      socket.write(`${reply.replaceAll('\n', '\r\n')}\r\n`);
      return reply;
    };
    await tell('greet', '');
    for await (const line of readLines(socket)) {
      if (content) {
        if (line !== '.') {
          content.push(line);
          continue;
        }
        await tell('body', '');
        recipients = [];
        content = null;
        continue;
      }
      const step = stepOf[line.slice(0, 4).toUpperCase()] ?? 'rset';
      const reply = await tell(step, line);
      if (step === 'rcpt' && reply.startsWith('2'))
        recipients.push(/<(.*?)>/.exec(line)?.[1] ?? '');
      if (step === 'data' && reply.startsWith('354')) content = [];
      if (step === 'quit') socket.end();
    }
  }
  server.listen(port, host);
  await once(server, 'listening');
  const peer: Peer = {
    host,
    port: (server.address() as AddressInfo).port,
    taken: [],
    steps: [],
    reached: (step) => wait(step).promise,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return peer;
}

async function* readLines(socket: Socket): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of socket) {
    const lines = (rest + (chunk as Buffer).toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
