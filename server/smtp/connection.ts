// One SMTP connection: npm smtp-server's command loop with our decisions in it.
//
// Why a subclass and not the library's callbacks: it waits a fixed 100 ms before its greeting, writes an
// enhanced code of its own before a text that has one, takes any MAIL parameter's word, knows no
// OAUTHBEARER and has no deadline for a command. All of that is overridden here and nowhere else.
//
// Invariants: "250" after DATA is sent after deliver() resolved; an enhanced code stands in a reply once;
// AUTH is neither offered nor taken in clear, but from this machine itself.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SMTPServer, SMTPServerAddress, SMTPServerDataStream } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { isTrustedAddress, plainAddress } from '#lib/accounts/network.ts';
import { logOf } from '#lib/log.ts';
import { readSettings, type Settings, serverHostname } from '#lib/settings/index.ts';
import { bindingOf } from '#server/auth/channel-binding.ts';
import { listMechanisms } from '#server/auth/exchange.ts';
import { mayUsePassword } from '#server/auth/login.ts';
import { authenticate } from './authenticate.ts';
import { runChecks } from './checks/index.ts';
import { Deadline } from './deadline.ts';
import { addRecipient, beginTransaction, receiveMessage } from './dialogue.ts';
import { newMarks } from './marks.ts';
import { tellRefusal } from './refusals.ts';
import { replyOf, toError, verdictOfError } from './replies.ts';
import { findReverseName } from './reverse-name.ts';
import type { Client, SmtpListener, Transaction } from './session.ts';

const log = logOf('smtp');

/** Commands that do nothing for mail; so many in one session are no mail server (Postfix: 100). */
const idleCommands = new Set(['NOOP', 'RSET', 'VRFY', 'HELP', 'HELO', 'EHLO']);
const maxIdleCommands = 100;
/** Slowest body that is waited for, per look of the deadline. */
const slowestBytesPerSecond = 100;

type Done = (error?: Error | null) => void;

/** The server a connection belongs to (server.ts). */
export type Host = SMTPServer & {
  readonly listenerName: SmtpListener;
  applySettings(settings: Settings): void;
  countOpen(remote: string): { total: number; ofClient: number };
};

export class MailConnection extends SMTPConnection {
  private readonly server: Host;
  private settings: Settings | null = null;
  private transaction: Transaction | null = null;
  private readonly marks = newMarks();
  private reverseName: Promise<string | null> = Promise.resolve(null);
  private errors = 0;
  private idleCommandCount = 0;
  private readonly deadline: Deadline;

  constructor(server: Host, socket: Socket | TLSSocket, options?: SMTPConnectionOptions | null) {
    super(server, socket, options);
    this.server = server;
    this.deadline = new Deadline(() => this.giveUp());
    // Counted by smtp.maxErrors and maxIdleCommands instead.
    this._maxAllowedUnauthenticatedCommands = false;
  }

  /** What the checks may know of the peer, as it is now. */
  client(): Client {
    const tls = this.tlsOptions;
    return {
      listener: this.server.listenerName,
      isSubmission: this.server.listenerName !== 'smtp',
      hostname: this.name,
      remote: plainAddress(this.remoteAddress),
      helo: this.hostNameAppearsAs || '',
      findReverseName: () => this.reverseName,
      isSecure: this.secure,
      tls: tls ? `${tls.version} ${tls.standardName ?? tls.name}` : null,
      protocol: this._transmissionType(),
      account: this.session.user || null,
      isLocal: false,
      isRehearsal: false,
      marks: this.marks,
    };
  }

  /** True while nothing is under way that a stop should wait for. */
  isIdle(): boolean {
    return !this._handlerPending && !this._dataStream;
  }

  /** The server stops. */
  sayGoodbye(): void {
    this.send(421, `4.3.2 ${this.name} Shutting down`);
  }

  // ------------------------------------------------------------ beginning and end

  override init(): void {
    this._setListeners(() => {
      this.admit().catch((error) => {
        this.sendFault(error);
        this.close();
      });
    });
  }

  private async admit(): Promise<void> {
    const settings = await readSettings();
    const client = this.client();
    const isTrusted = await isTrustedAddress(client.remote);
    this.settings = settings;
    this.name = await serverHostname();
    this.server.applySettings(settings);
    this._socket.setTimeout(settings['smtp.idleTimeoutSeconds'] * 1000);
    const open = this.server.countOpen(client.remote);
    const { marks } = this;
    const refused = await runChecks('connect', { client, settings, marks, isTrusted, open });
    if (refused) {
      const { code, text } = tellRefusal('connect', client, refused);
      this.send(code, `${this.name} ${text}`, false);
      return this.close();
    }
    if (!isTrusted && !client.isSubmission) this.reverseName = findReverseName(client.remote);
    this.armDeadline();
    const delayMs = isTrusted ? 0 : settings['smtp.greetingDelayMs'];
    if (delayMs === 0) return this.connectionReady();
    // Whoever talks before the greeting is refused by the library ("You talk too soon").
    setTimeout(() => this.connectionReady(), delayMs).unref();
  }

  /** RFC 5321 §4.2: "220", our name, a text. */
  override _sendGreeting(): void {
    this.send(220, this.settings?.['smtp.banner'] || `${this.name} ESMTP Drey`, false);
  }

  override _onClose(): void {
    this.deadline.disarm();
    super._onClose();
  }

  override _resetSession(): void {
    super._resetSession();
    this.transaction = null;
  }

  private giveUp(): void {
    this.send(421, `4.4.2 ${this.name} Too slow, closing the connection`);
  }

  /** A whole command, or a fair part of a body, must come within the idle time. */
  private armDeadline(): void {
    const seconds = this.settings?.['smtp.idleTimeoutSeconds'] ?? 300;
    const parser = this._parser;
    if (!this._dataStream || !parser) {
      this.deadline.arm(seconds * 1000);
      return;
    }
    const seenBytes = parser.dataBytes;
    this.deadline.arm(seconds * 1000, () => {
      // The body is in and we are at work on it: our time, not the client's.
      const isOurs = !parser._dataMode;
      const isFast = parser.dataBytes - seenBytes >= slowestBytesPerSecond * seconds;
      if (isOurs || isFast) this.armDeadline();
      return isOurs || isFast;
    });
  }

  // -------------------------------------------------------------------- replies

  /** A text of ours brings its enhanced code along ("5.7.1 Relaying denied"): it goes where the library's would. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const own =
      typeof data === 'string' ? /^([245]\.\d{1,3}\.\d{1,3}) (.*)$/s.exec(data) : undefined;
    if (own) super.send(code, own[2], own[1]);
    else super.send(code, data, context);
    if (code >= 500 || code === 454) this.countError();
  }

  override _getEnhancedStatusCode(code: number, context?: string | false): string {
    if (context && /^[245]\.\d{1,3}\.\d{1,3}$/.test(context)) return context;
    return super._getEnhancedStatusCode(code, context);
  }

  private countError(): void {
    this.errors++;
    const most = this.settings?.['smtp.maxErrors'] ?? 20;
    if (this.errors < most || this._closing) return;
    super.send(421, `${this.name} Too many errors`, '4.7.0');
  }

  private sendFault(error: unknown): void {
    const { code, enhanced, text } = replyOf(verdictOfError(error));
    this.send(code, `${enhanced} ${text}`);
  }

  // -------------------------------------------------------------------- commands

  override _onCommand(command: Buffer, callback?: () => void): void {
    this.deadline.disarm();
    const next = () => {
      this.armDeadline();
      callback?.();
    };
    if (this._ready && !this._upgrading && !this._nextHandler) {
      const fault = this.findFault(command);
      if (fault) {
        this.send(...fault);
        setImmediate(() => this._whenWritable(next));
        return;
      }
    }
    super._onCommand(command, next);
  }

  private findFault(command: Buffer): [code: number, text: string] | null {
    // RFC 5321 §4.1.1: a command line has no CR, LF or NUL within.
    if (command.includes(0x0d) || command.includes(0)) return [500, '5.5.2 Syntax error'];
    const name = command.toString('latin1').trim().split(' ')[0]?.toUpperCase() ?? '';
    if (idleCommands.has(name) && ++this.idleCommandCount > maxIdleCommands) {
      return [421, `4.7.0 ${this.name} Too many commands without mail`];
    }
    return null;
  }

  override handler_EHLO(command: Buffer, callback: () => void): void {
    this.greetBack(command, (client) => this.listFeatures(client))
      .catch((error) => this.sendFault(error))
      .finally(callback);
  }

  override handler_HELO(command: Buffer, callback: () => void): void {
    this.greetBack(command, async () => [])
      .catch((error) => this.sendFault(error))
      .finally(callback);
  }

  private async greetBack(
    command: Buffer,
    listFeatures: (client: Client) => Promise<string[]>,
  ): Promise<void> {
    const name = command.toString().trim().split(/\s+/).slice(1).join(' ');
    const client = this.client();
    const settings = await readSettings();
    const refused = await runChecks('helo', { client, settings, marks: this.marks, name });
    if (refused) {
      const reply = tellRefusal('helo', client, refused);
      return this.send(reply.code, reply.text, false);
    }
    this.hostNameAppearsAs = name.toLowerCase();
    this._resetSession(); // RFC 5321 §4.1.4: like RSET
    // RFC 2034 §4: no enhanced code here.
    const features = await listFeatures(client);
    this.send(250, [`${this.name} at your service`, ...features], false);
  }

  private async listFeatures(client: Client): Promise<string[]> {
    const features = ['PIPELINING', `SIZE ${this.server.options.size ?? 0}`];
    if (!this.secure) features.push('STARTTLS');
    if (client.isSubmission && !client.account && mayUsePassword(client)) {
      const binding = bindingOf(this._socket);
      const mechanisms = await listMechanisms({ remote: client.remote, binding });
      features.push(`AUTH ${mechanisms.join(' ')}`);
    }
    return [...features, 'ENHANCEDSTATUSCODES', '8BITMIME', 'SMTPUTF8'];
  }

  override handler_VRFY(_command: Buffer, callback: () => void): void {
    // RFC 5321 §7.3: who exists is told at RCPT, not to the curious.
    this.send(252, '2.5.0 Send some mail and see');
    callback();
  }

  override handler_HELP(_command: Buffer, callback: () => void): void {
    this.send(214, '2.0.0 See RFC 5321');
    callback();
  }

  override handler_AUTH(command: Buffer, callback: () => void): void {
    authenticate(this, command.toString('latin1'))
      .catch((error) => this.sendFault(error))
      .finally(callback);
  }

  override handler_DATA(command: Buffer, callback: () => void): void {
    // RFC 5321 §4.1.1.4: DATA has no arguments.
    const isPlain = command.toString('latin1').trim().length === 'DATA'.length;
    if (isPlain) {
      super.handler_DATA(command, callback);
      return;
    }
    this.send(501, '5.5.4 DATA takes no argument');
    callback();
  }

  // --------------------------------------------------------- the mail transaction

  takeSender({ address, args }: SMTPServerAddress, done: Done): void {
    beginTransaction(this.client(), address, args || {})
      .then((begun) => {
        if ('reply' in begun) return done(toError(begun.reply));
        this.transaction = begun.transaction;
        done();
      })
      .catch((error) => done(toError(replyOf(verdictOfError(error)))));
  }

  takeRecipient({ address, args }: SMTPServerAddress, done: Done): void {
    const { transaction } = this;
    if (!transaction) {
      done(mailFirst());
      return;
    }
    addRecipient(this.client(), transaction, address, args || {})
      .then((reply) => done(reply && toError(reply)))
      .catch((error) => done(toError(replyOf(verdictOfError(error)))));
  }

  takeMessage(
    stream: SMTPServerDataStream,
    done: (error?: Error | null, text?: string) => void,
  ): void {
    const { transaction } = this;
    if (!transaction) {
      done(mailFirst());
      return;
    }
    receiveMessage(this.client(), transaction, stream)
      .then((outcome) => {
        if ('reply' in outcome) {
          done(toError(outcome.reply));
          if (outcome.isFlood) this.close();
          return;
        }
        this.idleCommandCount = 0;
        done(null, `2.0.0 Ok: queued as ${outcome.received.traceId}`);
        // A stop waited for this message only.
        if (this.server._closeTimeout) setImmediate(() => this.sayGoodbye());
      })
      .catch((error) => {
        log.debug({ err: error }, 'the connection broke during DATA');
        done(toError(replyOf(verdictOfError(error))));
      });
  }
}

function mailFirst(): Error {
  return toError({ code: 503, enhanced: '5.5.1', text: 'Say MAIL first' });
}
