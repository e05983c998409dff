// One SMTP or LMTP (RFC 2033) conversation with another server, on nodemailer's connection: open (TLS by policy), log in,
// send.
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Watch } from '#server/net/watched-peers.ts';
import type { SeenTls, TlsPolicy } from '../tls/tls-policy.ts';
import { readTls } from '../tls/tls-seen.ts';
import { Connection, type Envelope, type NodemailerError } from './connection.ts';
import type { Target } from './mx.ts';
import { openSocket } from './open-socket.ts';
import { Patience, type Timeouts } from './patience.ts';
import { cleanText, parseReply, type Result, toResult } from './reply.ts';
import { SessionProblem } from './session-problem.ts';

export type { Envelope, Recipient } from './connection.ts';
export { SessionProblem } from './session-problem.ts';

const quitTimeoutMs = 5_000;
const maxReplyBytes = 64 * 1024;

export type OpenOptions = {
  target: Target;
  policy: TlsPolicy;
  /** Our name in EHLO. */
  hostname: string;
  connectTimeoutMs: number;
  timeouts: Timeouts;
  watch: Watch | null;
  signal: AbortSignal;
};

/** An open conversation, after EHLO and TLS. */
export class Session {
  readonly target: Target;
  readonly isSecure: boolean;
  /** Null without TLS. */
  readonly tls: SeenTls | null;
  private readonly connection: Connection;
  private signal: AbortSignal;
  private readonly openedAt = performance.now();
  /** Transactions so far. */
  messages = 0;
  /** The last transaction ended well, so another may follow. */
  isFresh = false;

  constructor(connection: Connection, target: Target, signal: AbortSignal) {
    this.connection = connection;
    this.target = target;
    this.isSecure = connection.secure;
    this.tls = connection.secure ? readTls(connection.socket as TLSSocket) : null;
    this.signal = signal;
  }

  get isOpen(): boolean {
    return !this.connection.destroyed;
  }

  get ageMs(): number {
    return performance.now() - this.openedAt;
  }

  /** For the next mail, which has a signal of its own. */
  resume({ signal, timeouts, watch }: Pick<OpenOptions, 'signal' | 'timeouts' | 'watch'>): void {
    this.signal = signal;
    this.connection.patience.timeouts = timeouts;
    this.connection.watch = watch;
  }

  onEnd(listener: () => void): void {
    this.connection.once('end', listener);
  }

  has(extension: 'SMTPUTF8' | '8BITMIME' | 'DSN' | 'REQUIRETLS'): boolean {
    return this.connection.has(extension);
  }

  /** Logs in. SessionProblem; a wrong password is ours to mend, so it is never permanent. */
  async login(username: string, password: string): Promise<void> {
    if (!this.connection.allowsAuth) {
      throw new SessionProblem(`${this.target.host} offers no login`, { status: '4.7.0' });
    }
    await abortable(this.connection, this.signal, (resolve, reject) =>
      this.connection.login({ user: username, pass: password }, (error) => {
        if (!error) return resolve(undefined);
        const reply = parseReply((error as NodemailerError).response ?? '');
        const said = reply.text || cleanText(error.message);
        reject(
          new SessionProblem(`The login at ${this.target.host} failed: ${said}`, {
            status: '4.7.8',
            code: reply.code,
          }),
        );
      }),
    );
  }

  /**
   * One transaction. Results by recipient; a sender deferred (4yz to MAIL) is a SessionProblem, as the next
   * target may take it.
   */
  async send(envelope: Envelope, bytes: Buffer, is8Bit: boolean): Promise<Map<string, Result>> {
    const { connection } = this;
    connection.parameters = envelope;
    connection.hasBegunContent = false;
    connection.answers.clear();
    this.messages += 1;
    this.isFresh = false;
    const all = envelope.recipients.map((entry) => entry.recipient);
    try {
      const response = await abortable<string>(connection, this.signal, (resolve, reject) =>
        connection.send(
          { from: envelope.sender, to: all, size: bytes.length, use8BitMime: is8Bit },
          bytes,
          (error, info) => (error ? reject(error) : resolve(info?.response ?? '')),
        ),
      );
      this.isFresh = true;
      return this.toResults(all, this.toDelivered(response), connection.refused);
    } catch (error) {
      if (this.signal.aborted) throw error;
      const { response, responseCode } = error as NodemailerError;
      const isOver = !connection.hasBegunContent && (!response || responseCode === 421);
      if (this.messages > 1 && isOver && (error as NodemailerError).code !== 'EMESSAGE') {
        throw new SessionProblem('The connection is over', { isStale: true });
      }
      return this.toFailures(all, error as NodemailerError);
    }
  }

  private toDelivered(response: string): Result {
    const reply = parseReply(response);
    return {
      kind: 'delivered',
      ...reply,
      host: this.target.host,
      isNotifyPassed: this.has('DSN'),
    };
  }

  private toFailures(all: string[], error: NodemailerError): Map<string, Result> {
    const { host } = this.target;
    const code = error.responseCode ?? 0;
    if (error.command === 'MAIL FROM' && error.code === 'EENVELOPE' && code < 500) {
      const reply = parseReply(error.response ?? '');
      throw new SessionProblem(reply.text || error.message, {
        status: reply.status || '4.5.0',
        code,
      });
    }
    let rest: Result;
    if (error.code === 'EMESSAGE' && !error.response) {
      // The SIZE that the server announced (RFC 1870 §6.1).
      const text = `The message is larger than ${host} accepts`;
      rest = { kind: 'failed', code: 552, status: '5.3.4', text, host };
    } else if (error.response) rest = toResult(error.response, host);
    else {
      const text = `The connection to ${host} was lost: ${cleanText(error.message)}`;
      rest = { kind: 'deferred', code: 0, status: '4.4.2', text, host };
    }
    // Pipelined recipients of a refused sender got "503 no MAIL yet": that is not about them.
    const refused = error.command === 'MAIL FROM' ? [] : this.connection.refused;
    return this.toResults(all, rest, error.rejectedErrors ?? refused);
  }

  private toResults(all: string[], rest: Result, refused: NodemailerError[]): Map<string, Result> {
    const results = new Map(all.map((recipient) => [recipient, rest]));
    for (const error of refused) {
      if (error.recipient && error.response) {
        results.set(error.recipient, toResult(error.response, this.target.host));
      }
    }
    // Also where the connection broke later: what was taken is not sent again.
    for (const [recipient, reply] of this.connection.answers) {
      if (reply.startsWith('2')) results.set(recipient, this.toDelivered(reply));
    }
    return results;
  }

  /** Says QUIT and closes; never waits. */
  end(): void {
    if (this.connection.destroyed) return;
    this.connection.quit();
    setTimeout(() => this.connection.close(), quitTimeoutMs).unref();
  }
}

/** Connects to one address and speaks until EHLO under the policy is done. SessionProblem. */
export async function openSession(options: OpenOptions): Promise<Session> {
  const { target, policy, signal, timeouts } = options;
  const socket = await openSocket(options);
  const connection = new Connection({
    connection: socket,
    host: target.host,
    ...(isIP(target.host) ? {} : { servername: policy.servername ?? target.host }),
    port: target.port,
    lmtp: target.isLmtp ?? false,
    name: options.hostname,
    secure: policy.isImplicit,
    ignoreTLS: policy.isOff,
    requireTLS: policy.isRequired,
    tls: policy.options,
    connectionTimeout: timeouts.greetingMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.endMs,
    socketCloseTimeout: 2000,
    maxResponseSize: maxReplyBytes,
  });
  connection.patience = new Patience(timeouts);
  connection.watch = options.watch;
  connection.on('error', (error: NodemailerError) => {
    connection.lastError = error;
  });
  try {
    await abortable(connection, signal, (resolve, reject) => {
      connection.once('error', reject);
      connection.once('end', () => reject(connection.lastError ?? new Error('closed')));
      connection.connect((error) => (error ? reject(error) : resolve(undefined)));
    });
  } catch (error) {
    connection.close();
    socket.destroy();
    if (signal.aborted) throw error;
    throw toProblem(error as NodemailerError, connection, target);
  }
  return new Session(connection, target, signal);
}

function toProblem(error: NodemailerError, connection: Connection, target: Target): SessionProblem {
  const isTls =
    error.code === 'ETLS' ||
    connection.upgrading === true ||
    // Some firewalls end a connection that wants TLS.
    (connection.hasAskedForTls && !connection.secure && !error.response) ||
    /^ERR_(SSL|TLS)|^EPROTO$/.test(error.code ?? '');
  if (isTls) {
    const text = `TLS with ${target.host} failed: ${error.message}`;
    const isRefused = error.code === 'ETLS' && Boolean(error.response);
    const tlsType = isRefused ? 'starttls-not-supported' : 'validation-failure';
    return new SessionProblem(text, { status: '4.7.5', isTls, tlsType });
  }
  if (!error.response) {
    return new SessionProblem(`${target.host} [${target.address}]: ${error.message}`);
  }
  const reply = parseReply(error.response);
  // RFC 7504 §3: 521 in the greeting means "no mail here, ever"; other refusals may be this host's mood.
  return new SessionProblem(reply.text || error.message, {
    code: reply.code,
    status: reply.code === 521 ? '5.3.2' : '4.3.2',
    isPermanent: reply.code === 521,
  });
}

/** Runs a callback-style step of the connection; the signal closes the connection and rejects. */
function abortable<T>(
  connection: Connection,
  signal: AbortSignal,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => {
      connection.close();
      reject(new Error('stopped'));
    };
    const clear = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) return abort();
    start(
      (value) => {
        clear();
        resolve(value);
      },
      (error) => {
        clear();
        reject(error);
      },
    );
  });
}
