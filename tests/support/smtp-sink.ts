// The other mail server of a test, on smtp-server and loopback port 0. Answers by script, keeps what it took.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

export type SinkMessage = {
  sender: string;
  recipients: string[];
  /** After dot unstuffing. */
  bytes: Buffer;
  text: string;
  isSecure: boolean;
  /** Logged-in user, null without. */
  user: string | null;
  helo: string;
  /** Address that the connection came from. */
  remote: string;
  /** "8bitmime", SMTPUTF8, DSN parameters as the server understood them. */
  envelope: SMTPServerSession['envelope'];
};

/** null accepts; "450 4.2.1 later" answers so; "drop" closes without a word, "hang" never answers. */
export type Answer = string | null | undefined;

export type SinkScript = {
  greet?: () => Answer;
  mail?: (sender: string) => Answer;
  rcpt?: (recipient: string) => Answer;
  data?: (message: SinkMessage) => Answer;
};

export type SinkOptions = {
  script?: SinkScript;
  /** Offers STARTTLS, or TLS at once with `isImplicit`. Without: plain text only. */
  tls?: { key: string; cert: string };
  isImplicit?: boolean;
  /** Asks for a login with these; also in clear. */
  login?: { user: string; password: string };
  host?: string;
  port?: number;
  /** Of smtp-server, e.g. hideSMTPUTF8, hideDSN: false, size */
  extra?: SMTPServerOptions;
};

export type Sink = {
  host: string;
  port: number;
  messages: SinkMessage[];
  /** May be changed at any time. */
  script: SinkScript;
  /** Connections that got as far as a greeting. */
  connections: number;
  /** Resolves when so many messages are there; fails after two minutes. */
  waitFor(count: number): Promise<SinkMessage[]>;
  close(): Promise<void>;
};

const waitLimitMs = 120_000;

/** Starts a sink on 127.0.0.1 and a free port. */
export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const { tls, login, host = '127.0.0.1' } = options;
  const waiting = new Set<() => void>();
  const server: SMTPServer = new SMTPServer({
    logger: false,
    name: 'sink.example.test',
    disableReverseLookup: true,
    closeTimeout: 100,
    authOptional: !login,
    allowInsecureAuth: true,
    ...(tls ?? {}),
    secure: options.isImplicit ?? false,
    disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
    ...options.extra,
    onConnect: (session, done) => {
      sink.connections++;
      answer(server, sink.script.greet?.(), session, done);
    },
    onAuth: (auth, _session, done) => {
      const isRight = auth.username === login?.user && auth.password === login?.password;
      if (isRight) done(null, { user: auth.username });
      else done(toError('535 5.7.8 wrong login'));
    },
    onMailFrom: (address, session, done) =>
      answer(server, sink.script.mail?.(address.address), session, done),
    onRcptTo: (address, session, done) =>
      answer(server, sink.script.rcpt?.(address.address), session, done),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const sender = session.envelope.mailFrom;
        const message: SinkMessage = {
          sender: sender ? sender.address : '',
          recipients: session.envelope.rcptTo.map((entry) => entry.address),
          bytes,
          text: bytes.toString('utf8'),
          isSecure: session.secure,
          user: (session.user as string | undefined) ?? null,
          helo: session.hostNameAppearsAs,
          remote: session.remoteAddress,
          envelope: session.envelope,
        };
        const said = sink.script.data?.(message);
        answer(server, said, session, (error) => {
          if (!error) sink.messages.push(message);
          done(error);
          for (const check of waiting) check();
        });
      });
    },
  });
  // A client that goes away or refuses our certificate is part of the test.
  server.on('error', () => undefined);
  server.listen(options.port ?? 0, host);
  await once(server.server, 'listening');
  const sink: Sink = {
    host,
    port: (server.server.address() as AddressInfo).port,
    messages: [],
    script: options.script ?? {},
    connections: 0,
    waitFor: (count) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`the sink got ${sink.messages.length} of ${count} messages`));
        }, waitLimitMs);
        const check = () => {
          if (sink.messages.length < count) return;
          waiting.delete(check);
          clearTimeout(timer);
          resolve(sink.messages);
        };
        waiting.add(check);
        check();
      }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return sink;
}

function answer(
  server: SMTPServer,
  said: Answer,
  session: SMTPServerSession,
  done: (error?: Error | null) => void,
): void {
  if (said === 'hang') return;
  if (said === 'drop') {
    for (const connection of server.connections) {
      if (connection.session.id !== session.id) continue;
      (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
    }
    return;
  }
  done(said ? toError(said) : null);
}

function toError(said: string): Error {
  return Object.assign(new Error(said.slice(4)), { responseCode: Number(said.slice(0, 3)) });
}
