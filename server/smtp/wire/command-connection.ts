// What every conversation in command lines has here, whatever the commands: replies, the deadline, counted errors,
// one command after another. npm smtp-server keeps the socket, the TLS upgrade and the dots of DATA.
//
// Why a subclass and not the library's callbacks: it waits a fixed 100 ms before its greeting, writes enhanced
// codes of its own (one of which a client can choose by the name of its command), decodes parameters that
// must stay as they are, knows no BDAT, LHLO beside EHLO or OAUTHBEARER, and has no deadline for a command.
//
// Invariant: every reply has exactly one enhanced code, but those to connecting, EHLO and 3xx (RFC 2034 §3, §4).
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { SMTPServer } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { Settings } from '#lib/settings/index.ts';
import { handshakeTimeoutMs } from '#server/net/start-tls.ts';
import type { Watch } from '#server/net/watched-peers.ts';
import { type Reply, replyOf, verdictOfError } from '../replies.ts';
import type { SmtpListener } from '../session.ts';
import { Deadline } from './deadline.ts';
import { MailParser } from './parser.ts';

/** Slowest body that is waited for, per look of the deadline. */
const slowestBytesPerSecond = 100;

/** The server a connection belongs to (server.ts). */
export type Host = SMTPServer & {
  readonly listenerName: SmtpListener;
  readonly maxLineBytes: number;
  readonly leaving: WeakMap<Socket, () => void>;
  applySettings(settings: Settings): void;
  countOpen(remote: string): { total: number; ofClient: number };
};

/** `isRehearsal`: it is ourselves, and nothing of it is counted or kept (relay-test.ts). */
export type ConnectionOptions = SMTPConnectionOptions & { isRehearsal?: boolean };

export abstract class CommandConnection extends SMTPConnection {
  protected readonly server: Host;
  protected readonly isRehearsal: boolean;
  protected settings: Settings | null = null;
  protected readonly deadline: Deadline;
  protected watch: Watch | null = null;
  private handshaking: Socket | TLSSocket | null = null;
  private errors = 0;

  constructor(server: Host, socket: Socket | TLSSocket, options?: ConnectionOptions | null) {
    super(server, socket, options);
    this.server = server;
    this.isRehearsal = options?.isRehearsal === true;
    this.deadline = new Deadline(() => this.giveUp());
  }

  /** Answers one command line. */
  protected abstract obey(line: string): Promise<void>;

  /** Bytes before the greeting. */
  protected abstract refuseEarly(): void;

  /** True while the client waits for us to finish with a message. */
  protected abstract isFinishing(): boolean;

  override _createParser(): MailParser {
    return new MailParser({
      // The library calls this before our own fields are there.
      maxLineBytes: (this._server as Host).maxLineBytes,
      onLine: (line, goOn) => this._onCommand(line, goOn),
      onLongLine: (goOn) => this.refuseLine('5.5.2 Line too long', goOn),
      mayRead: () => {
        if (!this._ready && !this._closing && !this._closed) this.refuseEarly();
        return this._ready;
      },
    });
  }

  override _onCommand(command: Buffer, callback?: () => void): void {
    // Sent in clear behind STARTTLS: nobody answers it.
    if (this._upgrading) callback?.();
    else if (this.server._closeTimeout) this.sayGoodbye();
    else this.answer(command, callback);
  }

  private answer(command: Buffer, callback?: () => void): void {
    this.deadline.disarm();
    const next = () =>
      this._whenWritable(() => {
        this.armDeadline();
        callback?.();
      });
    const handler = this._nextHandler;
    // RFC 5321 §4.1.1: a command line has no CR, LF or NUL within.
    if (!handler && (command.includes(0x0d) || command.includes(0))) {
      this.refuseLine('5.5.2 Syntax error', next);
      return;
    }
    this._handlerPending = true;
    this._nextHandler = false;
    const line = command.toString('utf8');
    // What goes on after AUTH is secret.
    this.watch?.('C', handler ? '[hidden]' : line);
    const run = () =>
      handler
        ? new Promise<void>((resolve) => handler.call(this, command, resolve))
        : this.obey(line);
    const delayMs = this.delayMs();
    const done = delayMs > 0 ? sleep(delayMs, undefined, { ref: false }).then(run) : run();
    done
      .catch((error) => this.sendFault(error))
      .finally(() => {
        this._handlerPending = false;
        next();
      });
  }

  private refuseLine(text: string, goOn: () => void): void {
    this.send(500, text);
    setImmediate(() => this._whenWritable(goOn));
  }

  // -------------------------------------------------------------------- replies

  /** A text of ours brings its enhanced code along ("5.7.1 Relaying denied"). */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const own =
      typeof data === 'string' ? /^([245]\.\d{1,3}\.\d{1,3}) (.*)$/s.exec(data) : undefined;
    this.watch?.('S', `${code} ${[data ?? ''].flat().join(' ')}`);
    if (own) super.send(code, own[2], own[1]);
    else super.send(code, data, context);
    if (code >= 500 || code === 454) this.countError();
  }

  /** `context`: ours, or false for none. The one reply left to the library says that the server stops. */
  override _getEnhancedStatusCode(code: number, context?: string | false): string {
    if (context === false || (code >= 300 && code < 400)) return '';
    return context || (code === 421 ? '4.3.2' : `${Math.floor(code / 100)}.0.0`);
  }

  protected say({ code, enhanced, text }: Reply): void {
    this.send(code, `${enhanced} ${text}`);
  }

  protected sendFault(error: unknown): void {
    this.say(replyOf(verdictOfError(error)));
  }

  /** Before each answer to whoever has collected many refusals (Postfix: smtpd_error_sleep_time). */
  private delayMs(): number {
    const { settings } = this;
    if (!settings || this.isRehearsal || this.errors < settings['smtp.softErrors']) return 0;
    return settings['smtp.errorDelayMs'];
  }

  private countError(): void {
    this.errors++;
    const most = this.settings?.['smtp.maxErrors'] ?? 20;
    if (this.errors < most || this._closing || this.isRehearsal) return;
    super.send(421, `${this.name} Too many errors`, '4.7.0');
  }

  /** The server stops. */
  sayGoodbye(): void {
    this.send(421, `4.3.2 ${this.name} Shutting down`);
  }

  // --------------------------------------------------------------------- waiting

  private giveUp(): void {
    // In the middle of a handshake there is nobody who could read it.
    if (this._upgrading) this.handshaking?.destroy();
    else this.send(421, `4.4.2 ${this.name} Too slow, closing the connection`);
  }

  /** STARTTLS: the library takes all listeners from the socket, and who counts it must hear that it is gone. */
  override upgrade(...given: Parameters<SMTPConnection['upgrade']>): void {
    const socket = this._socket;
    super.upgrade(...given);
    const leave = this.server.leaving.get(socket);
    if (leave) socket.once('close', leave);
  }

  /** STARTTLS: the library arms the socket of the handshake before it is the connection's own. */
  override _armTimeout(socket: Socket | TLSSocket = this._socket): void {
    this.handshaking = socket;
    super._armTimeout(socket);
  }

  override _onTimeout(): void {
    if (this._closing) this._socket.destroy();
    else if (this.isWorking()) this._armTimeout();
    else this.giveUp();
  }

  override _onClose(): void {
    this.deadline.disarm();
    super._onClose();
  }

  /** True while the client waits for us. */
  protected isWorking(): boolean {
    return this._handlerPending || this.isFinishing();
  }

  protected isTakingBody(): boolean {
    return this._parser !== false && this._parser._dataMode;
  }

  /** A whole command, or a fair part of a body, must come within the idle time. */
  protected armDeadline(): void {
    const idleSeconds = this.settings?.['smtp.idleTimeoutSeconds'] ?? 300;
    const isShaking = this._upgrading;
    const seconds = isShaking ? handshakeTimeoutMs / 1000 : idleSeconds;
    const parser = this._parser;
    const seenBytes = parser ? parser.dataBytes : 0;
    this.deadline.arm(seconds * 1000, () => {
      const isFast =
        this.isTakingBody() &&
        (parser ? parser.dataBytes - seenBytes : 0) >= slowestBytesPerSecond * seconds;
      const isSecured = isShaking && !this._upgrading;
      if (!isFast && !isSecured && !this.isWorking()) return false;
      this.armDeadline();
      return true;
    });
  }
}
